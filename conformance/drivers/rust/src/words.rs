//! Words and values of the protocol.

use std::{collections::BTreeMap, fmt::Write as _};

use provider::{Address, Error, FlowSpec, InProcessAddress, Qos};

/// How a verb ends without success.
#[derive(Debug)]
pub(crate) enum End {
    /// With an error of the library, and results that come with it.
    Fail(Error, String),
    /// With the panic of the condition function.
    Raised,
    /// The API has no such thing.
    Unsupported,
    /// The request makes no sense.
    Nonsense(String),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Fail(error, String::new())
    }
}

impl From<String> for End {
    fn from(text: String) -> Self {
        Self::Nonsense(text)
    }
}

/// The result of a verb: the words of success.
pub(crate) type Answer = Result<String, End>;

/// The `key=value` words of a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words(BTreeMap<String, String>);

impl Words {
    /// Reads words that are separated by spaces.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text.split(' ').filter_map(|word| word.split_once('='));
        Self(
            pairs
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&self, key: &str) -> Result<&str, String> {
        self.get(key).ok_or_else(|| format!("{key} is missing"))
    }

    /// A number that must be there.
    pub(crate) fn number<T: std::str::FromStr>(&self, key: &str) -> Result<T, String> {
        let text = self.need(key)?;
        text.parse()
            .map_err(|_| format!("{key}={text} is not such a number"))
    }

    /// Bytes; nothing if the key is missing or says so.
    pub(crate) fn bytes(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        match self.get(key) {
            None | Some("-") => Ok(None),
            Some("\"\"") => Ok(Some(Vec::new())),
            Some(digits) => unhex(digits).map(Some),
        }
    }

    /// An address; nothing for NULL.
    pub(crate) fn address(&self, key: &str) -> Result<Option<Address>, String> {
        let text = self.need(key)?;
        if text == "-" {
            return Ok(None);
        }
        let address = if text.starts_with('@') {
            text.parse()
                .ok()
                .map(|address: InProcessAddress| Address::InProcess(address))
        } else {
            text.parse().ok().map(Address::Ip)
        };
        address
            .map(Some)
            .ok_or_else(|| format!("{key}={text} is no address"))
    }

    /// A flow specification; nothing if there is none.
    pub(crate) fn qos(&self, key: &str) -> Result<Option<Qos>, String> {
        match self.get(key) {
            None | Some("-") => Ok(None),
            Some(text) => {
                let wrong = || format!("{key}={text} is no flow specification");
                let mut parts = text.split('/');
                let mut side = || parts.next().and_then(flow).ok_or_else(wrong);
                Ok(Some(Qos {
                    sending: side()?,
                    receiving: side()?,
                }))
            }
        }
    }

    /// Whether the key is there and says yes.
    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.get(key) == Some("1")
    }

    /// Whether one of these keys is there.
    pub(crate) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.0.contains_key(*key))
    }
}

fn unhex(digits: &str) -> Result<Vec<u8>, String> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        std::str::from_utf8(pair)
            .ok()
            .and_then(|p| u8::from_str_radix(p, 16).ok())
    };
    pairs
        .map(byte)
        .collect::<Option<_>>()
        .ok_or_else(|| format!("{digits} is not hexadecimal"))
}

/// Bytes as the protocol spells them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "\"\"".to_owned();
    }
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn flow(text: &str) -> Option<FlowSpec> {
    let numbers: Vec<u32> = text
        .split(',')
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    let [
        rate,
        bucket,
        peak,
        latency,
        variation,
        service,
        sdu,
        policed,
    ] = numbers[..]
    else {
        return None;
    };
    Some(FlowSpec {
        token_rate: rate,
        token_bucket_size: bucket,
        peak_bandwidth: peak,
        latency,
        delay_variation: variation,
        service_type: service,
        max_sdu_size: sdu,
        minimum_policed_size: policed,
    })
}

/// A flow specification as the protocol spells it.
pub(crate) fn qos_text(qos: Option<Qos>) -> String {
    let side = |flow: FlowSpec| {
        format!(
            "{},{},{},{},{},{},{},{}",
            flow.token_rate,
            flow.token_bucket_size,
            flow.peak_bandwidth,
            flow.latency,
            flow.delay_variation,
            flow.service_type,
            flow.max_sdu_size,
            flow.minimum_policed_size,
        )
    };
    qos.map_or_else(
        || "-".to_owned(),
        |qos| format!("{}/{}/-", side(qos.sending), side(qos.receiving)),
    )
}

/// An error's name.
pub(crate) fn error_name(code: u32) -> String {
    let known = i32::try_from(code).ok().and_then(Error::from_code);
    known.map_or_else(|| code.to_string(), |error| error.name().to_owned())
}
