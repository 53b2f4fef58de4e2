//! The line protocol between runner and driver, as `PROTOCOL.md` describes it.

use std::{collections::BTreeMap, fmt::Write as _};

/// The version of the protocol that this runner speaks.
pub(crate) const VERSION: &str = "1";

/// The `key=value` words of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The value of a key that must be there.
    ///
    /// # Errors
    /// A sentence that names the missing key.
    pub(crate) fn need(&self, key: &str) -> Result<&str, String> {
        self.get(key)
            .ok_or_else(|| format!("the driver did not say `{key}`; it said: {self}"))
    }

    /// Adds a key, or replaces its value.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// Adds all keys of another set.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    fn parse(words: &str) -> Result<Self, String> {
        let mut fields = Self::default();
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            let (key, value) = word
                .split_once('=')
                .ok_or_else(|| format!("`{word}` is not key=value"))?;
            fields.set(key, value);
        }
        Ok(fields)
    }
}

impl std::fmt::Display for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self
            .0
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        f.write_str(&words.join(" "))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Fields {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        )
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It succeeded, with these results.
    Ok(Fields),
    /// It failed with a Winsock error; some results come with failures too.
    Fail(String, Fields),
    /// The condition function's exception or panic came out of it.
    Raised,
    /// The API of the driver has nothing like it.
    Unsupported,
    /// The driver could make no sense of the request.
    Error(String),
}

impl Outcome {
    /// The results that came with success or failure.
    ///
    /// # Errors
    /// A sentence, if the call ended in a way that has no results.
    pub(crate) fn fields(&self) -> Result<&Fields, String> {
        match self {
            Self::Ok(fields) | Self::Fail(_, fields) => Ok(fields),
            Self::Raised | Self::Unsupported | Self::Error(_) => {
                Err(format!("the call {self}, without results"))
            }
        }
    }

    /// The results of a call that must have succeeded.
    ///
    /// # Errors
    /// A sentence that says how it ended instead.
    pub(crate) fn succeeded(&self) -> Result<&Fields, String> {
        match self {
            Self::Ok(fields) => Ok(fields),
            _ => Err(format!("the call {self}; it should have succeeded")),
        }
    }

    /// Checks that the call failed with this error.
    ///
    /// # Errors
    /// A sentence that says how it ended instead.
    pub(crate) fn failed_with(&self, error: &str) -> Result<(), String> {
        match self {
            Self::Fail(name, _) if name == error => Ok(()),
            _ => Err(format!(
                "the call {self}; it should have failed with {error}"
            )),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ok(fields) => write!(f, "succeeded ({fields})"),
            Self::Fail(error, fields) => write!(f, "failed with {error} ({fields})"),
            Self::Raised => f.write_str("ended with the exception of its condition function"),
            Self::Unsupported => f.write_str("is not supported by this driver"),
            Self::Error(text) => write!(f, "was not understood by the driver: {text}"),
        }
    }
}

/// What a driver says about itself in its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Greeting {
    /// Name of the implementation.
    pub(crate) implementation: String,
    /// Its version.
    pub(crate) version: String,
    /// Capabilities by catalogue entry.
    pub(crate) entries: BTreeMap<String, Vec<String>>,
}

/// A line from a driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A call ended.
    Reply(u64, Outcome),
    /// A call entered its condition function.
    Condition {
        /// The call.
        id: u64,
        /// The lane on which it waits.
        lane: String,
        /// What the condition function was given.
        given: Fields,
    },
}

/// Reads a driver's first line.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn parse_greeting(line: &str) -> Result<Greeting, String> {
    let words = line
        .trim_end()
        .strip_prefix("hello ")
        .ok_or_else(|| format!("the first line is not a greeting: {line}"))?;
    let fields = Fields::parse(words)?;
    if fields.need("protocol")? != VERSION {
        return Err(format!("the driver speaks another protocol: {line}"));
    }
    let entries = list(fields.need("entries")?)
        .map(|entry| {
            let capabilities = fields.need(&format!("caps.{entry}"))?;
            Ok((
                entry.to_owned(),
                list(capabilities).map(str::to_owned).collect(),
            ))
        })
        .collect::<Result<_, String>>()?;
    Ok(Greeting {
        implementation: fields.need("impl")?.to_owned(),
        version: fields.need("version")?.to_owned(),
        entries,
    })
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').filter(|item| !item.is_empty())
}

/// Reads any later line of a driver.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn parse_message(line: &str) -> Result<Message, String> {
    let line = line.trim_end();
    let bad = |why: &str| format!("bad line from the driver ({why}): {line}");
    let number = |word: &str| word.parse::<u64>().map_err(|_| bad("no call number"));
    if let Some(rest) = line.strip_prefix("? ") {
        let mut words = rest.splitn(4, ' ');
        let id = number(words.next().unwrap_or_default())?;
        let at = words.next().ok_or_else(|| bad("no lane"))?.to_owned();
        if words.next() != Some("condition") {
            return Err(bad("only a condition function asks"));
        }
        let given = Fields::parse(words.next().unwrap_or_default())?;
        return Ok(Message::Condition {
            id,
            lane: at,
            given,
        });
    }
    let mut words = line.splitn(3, ' ');
    let id = number(words.next().unwrap_or_default())?;
    let kind = words.next().ok_or_else(|| bad("no outcome"))?;
    let rest = words.next().unwrap_or_default();
    let outcome = match kind {
        "ok" => Outcome::Ok(Fields::parse(rest)?),
        "fail" => {
            let (error, fields) = rest.split_once(' ').unwrap_or((rest, ""));
            Outcome::Fail(error.to_owned(), Fields::parse(fields)?)
        }
        "raised" => Outcome::Raised,
        "unsupported" => Outcome::Unsupported,
        "error" => Outcome::Error(rest.to_owned()),
        _ => return Err(bad("unknown outcome")),
    };
    Ok(Message::Reply(id, outcome))
}

/// Writes a request line.
pub(crate) fn request(id: u64, lane: &str, verb: &str, arguments: &Fields) -> String {
    with_fields(format!("{id} {lane} {verb}"), arguments)
}

/// Writes the answer of a condition function.
pub(crate) fn answer(id: u64, lane: &str, answer: &str, effects: &Fields) -> String {
    with_fields(format!("! {id} {lane} {answer}"), effects)
}

fn with_fields(mut line: String, fields: &Fields) -> String {
    for (key, value) in &fields.0 {
        // Writing to a string cannot fail.
        let _ = write!(line, " {key}={value}");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_lists_entries_and_their_capabilities() {
        let greeting = parse_greeting(
            "hello protocol=1 impl=rust version=0.1 entries=in-process,tcp caps.in-process=a,b caps.tcp=\r\n",
        )
        .unwrap();
        assert_eq!(greeting.entries["in-process"], ["a", "b"]);
        assert!(greeting.entries["tcp"].is_empty());
    }

    #[test]
    fn a_greeting_of_another_protocol_is_refused() {
        assert!(parse_greeting("hello protocol=2 impl=x version=1 entries=").is_err());
        assert!(parse_greeting("1 ok").is_err());
        assert!(parse_greeting("hello protocol=1 impl=x version=1 entries=tcp").is_err());
    }

    #[test]
    fn replies_carry_results_with_failures_too() {
        let fields = Fields::from([("callee-len", "0")]);
        assert_eq!(
            parse_message("7 fail WSAECONNREFUSED callee-len=0\r\n"),
            Ok(Message::Reply(
                7,
                Outcome::Fail("WSAECONNREFUSED".into(), fields)
            ))
        );
        assert_eq!(
            parse_message("7 ok"),
            Ok(Message::Reply(7, Outcome::Ok(Fields::default())))
        );
        assert_eq!(
            parse_message("7 raised"),
            Ok(Message::Reply(7, Outcome::Raised))
        );
        assert_eq!(
            parse_message("7 error no such socket"),
            Ok(Message::Reply(7, Outcome::Error("no such socket".into())))
        );
    }

    #[test]
    fn a_condition_function_says_where_it_waits() {
        let message = parse_message("? 7 server condition caller-id=@1:5 caller-data=-").unwrap();
        let given = Fields::from([("caller-id", "@1:5"), ("caller-data", "-")]);
        assert_eq!(
            message,
            Message::Condition {
                id: 7,
                lane: "server".into(),
                given
            }
        );
    }

    #[test]
    fn nonsense_is_an_error_and_never_a_verdict() {
        for line in [
            "",
            "ok",
            "x ok",
            "7",
            "7 perhaps",
            "7 ok novalue",
            "? 7 server",
            "? 7 s x a=b",
        ] {
            assert!(parse_message(line).is_err(), "{line}");
        }
    }

    #[test]
    fn requests_and_answers_are_single_lines() {
        let fields = Fields::from([("backlog", "5"), ("name", "listener")]);
        assert_eq!(
            request(3, "server", "listen", &fields),
            "3 server listen backlog=5 name=listener"
        );
        assert_eq!(
            answer(4, "server", "accept", &Fields::default()),
            "! 4 server accept"
        );
    }
}
