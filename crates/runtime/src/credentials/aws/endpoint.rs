//! Which service and region a host of AWS stands for. The rules are those of n8n's `aws` credential.

/// The service and the region that a host's name tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint<'h> {
    /// As it stands in the host's name; [`signing_name`] makes of it what is signed.
    pub(super) service: &'h str,
    /// `None` for services without regions, and where the name tells none. It need not be a region that exists.
    pub(super) region: Option<&'h str>,
}

impl<'h> Endpoint<'h> {
    /// Reads a host's name, in lower case.
    pub(super) fn of(host: &'h str) -> Self {
        if let Some(endpoint) = private_link(host) {
            return endpoint;
        }
        let labels: Vec<&str> = host[..host.find(".amazonaws.com").unwrap_or(host.len())].split('.').collect();
        let last = labels.len() - 1;
        let service = |at: usize, region| Self { service: labels[at], region };
        // AWS puts the region next to the domain: of several labels of its shape the last one counts.
        match labels.iter().rposition(|label| is_region(label)) {
            Some(at) if at + 1 == last && is_aws(host) && labels[last] != "vpce" => match (at, labels[last]) {
                // Before S3, what looks like a region is the name of a bucket.
                (0, "s3" | "s3-accelerate") => service(last, None),
                (0, label) if dashed_region(label).is_some() => Self { service: "s3", region: dashed_region(label) },
                _ => service(last, Some(labels[at])),
            },
            Some(at) if at >= 2 => service(at - 1 - usize::from(labels[at - 1] == "dualstack"), Some(labels[at])),
            Some(at) => service(0, Some(labels[at])),
            None => {
                let at = last - usize::from(last > 0 && labels[last] == "dualstack");
                match labels[at] {
                    label if dashed_region(label).is_some() => Self { service: "s3", region: dashed_region(label) },
                    "s3" | "s3-accelerate" => service(at, None),
                    _ => service(0, None),
                }
            }
        }
    }
}

/// Whether a host is one of AWS's own.
pub(super) fn is_aws(host: &str) -> bool {
    host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
}

/// The name under which a service's requests are signed.
pub(super) fn signing_name(service: &str) -> &str {
    let base = service.strip_suffix("-fips").unwrap_or(service);
    match base.rsplit('.').next().unwrap_or(base) {
        "s3" | "s3-accesspoint" | "s3-control" | "s3-accelerate" => return "s3",
        _ => {}
    }
    match base {
        "bedrock-runtime"
        | "bedrock-agent"
        | "bedrock-agent-runtime"
        | "bedrock-data-automation"
        | "bedrock-data-automation-runtime" => "bedrock",
        "queue" => "sqs",
        "email" => "ses",
        base => base,
    }
}

/// `vpce-ID.SERVICE.REGION.vpce.amazonaws.com`
fn private_link(host: &str) -> Option<Endpoint<'_>> {
    let front = host.strip_suffix(".vpce.amazonaws.com").or_else(|| host.strip_suffix(".vpce.amazonaws.com.cn"))?;
    let mut labels = front.strip_prefix("vpce-")?.split('.');
    let (id, service, region) = (labels.next()?, labels.next()?, labels.next()?);
    let whole = labels.next().is_none() && ![id, service, region].contains(&"");
    whole.then_some(Endpoint { service, region: Some(region) })
}

/// The region in `s3-REGION`, a form of old.
fn dashed_region(label: &str) -> Option<&str> {
    label.strip_prefix("s3-").filter(|rest| is_region(rest))
}

/// `us-east-1`, `us-gov-west-1`: two to four letters, words, a number.
fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let [first, words @ .., number] = parts.as_slice() else { return false };
    let letters = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=4).contains(&first.len())
        && letters(first)
        && !words.is_empty()
        && words.iter().all(|word| letters(word))
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_service_and_region() {
        for (host, service, region) in [
            ("sqs.eu-west-1.amazonaws.com", "sqs", Some("eu-west-1")),
            ("iam.amazonaws.com", "iam", None),
            ("bucket.s3.us-east-1.amazonaws.com", "s3", Some("us-east-1")),
            ("my.bucket.s3.dualstack.us-east-2.amazonaws.com", "s3", Some("us-east-2")),
            ("bucket.s3.amazonaws.com", "s3", None),
            ("bucket.s3-accelerate.dualstack.amazonaws.com", "s3-accelerate", None),
            ("bucket.s3-eu-west-1.amazonaws.com", "s3", Some("eu-west-1")),
            ("s3-us-west-2.amazonaws.com", "s3", Some("us-west-2")),
            ("us-east-1.s3.amazonaws.com", "s3", None),
            ("us-east-1.s3-eu-west-1.amazonaws.com", "s3", Some("eu-west-1")),
            ("search-x.us-east-1.es.amazonaws.com", "es", Some("us-east-1")),
            ("us-east-1.queue.amazonaws.com", "queue", Some("us-east-1")),
            ("abc.execute-api.us-east-1.amazonaws.com", "execute-api", Some("us-east-1")),
            ("sts.cn-north-1.amazonaws.com.cn", "sts", Some("cn-north-1")),
            ("vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com", "bedrock-runtime", Some("us-east-1")),
            ("bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com", "s3", Some("us-east-1")),
            ("store.example.com", "store", None),
            ("localhost", "localhost", None),
        ] {
            assert_eq!(Endpoint::of(host), Endpoint { service, region }, "{host}");
        }
    }

    #[test]
    fn services_of_one_family_sign_under_one_name() {
        for (service, name) in [
            ("s3-fips", "s3"),
            ("bucket.s3", "s3"),
            ("s3-control", "s3"),
            ("bedrock-runtime", "bedrock"),
            ("queue", "sqs"),
            ("email", "ses"),
            ("email-fips", "ses"),
            ("dynamodb", "dynamodb"),
            ("notes3", "notes3"),
        ] {
            assert_eq!(signing_name(service), name, "{service}");
        }
    }
}
