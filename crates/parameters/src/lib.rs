//! Node parameters: display, defaults, resolution, issues, types, limits.
