//! The small language of arguments in feature text: "with a backlog of 5 and …".

use crate::names::{Object, Socket};

/// A flow specification that every provider of QOS can meet.
pub(crate) const FLOW: &str = "1000,2000,3000,4000,5000,2,600,70/100,200,300,400,500,2,60,7/-";

/// What a condition function makes of it, from the server's point of view.
pub(crate) const CHANGED_FLOW: &str =
    "150,250,350,400,500,2,60,7/900,1900,2900,4000,5000,2,600,70/-";

/// A flow specification as the other side sees it.
pub(crate) fn turned_round(flow: &str) -> String {
    let mut parts: Vec<&str> = flow.split('/').collect();
    parts.swap(0, 1);
    parts.join("/")
}

/// One that none can meet: a guaranteed service for sending nothing.
const IMPOSSIBLE_FLOW: &str = "0,2000,3000,4000,5000,3,600,70/100,200,300,400,500,2,60,7/-";

/// An address, as feature text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The address of a socket.
    Of(Socket),
    /// A local address with a port that the provider chooses.
    Local,
    /// The wildcard address with a port that the provider chooses.
    Wildcard,
    /// A local address that is taken by a socket that does not listen.
    Unused,
    /// An address that is not this machine's.
    Foreign,
    /// An address of another family.
    OtherFamily,
    /// The address of a socket, its address part all zero.
    AllZero(Socket),
    /// The address of a socket with port 0.
    PortZero(Socket),
    /// An address in a network that cannot be reached.
    Unreachable,
    /// NULL.
    Nothing,
}

/// A number of bytes, as feature text names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// So many.
    Bytes(usize),
    /// The limit of the entry, plus or minus some.
    Limit(isize),
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// As the protocol spells it.
    Plain(String),
    /// An address.
    At(Place),
    /// Bytes of a pattern.
    Pattern(Size),
    /// A number that may depend on the limit of the entry.
    Number(Size),
}

/// An argument: key of the protocol, and value.
pub(crate) type Argument = (&'static str, Value);

/// Reads "with …": clauses separated by commas or "and".
///
/// # Errors
/// A sentence that names the clause that makes no sense.
pub(crate) fn arguments(text: &str) -> Result<Vec<Argument>, String> {
    let mut all = Vec::new();
    for clause in text
        .replace(", ", " and ")
        .split(" and ")
        .filter(|clause| !clause.is_empty())
    {
        all.extend(argument(clause).ok_or_else(|| format!("no argument reads `{clause}`"))?);
    }
    Ok(all)
}

fn argument(clause: &str) -> Option<Vec<Argument>> {
    if let Some(place) = place(clause) {
        return Some(vec![("addr", Value::At(place))]);
    }
    let plain = |key, value: &str| Some(vec![(key, Value::Plain(value.to_owned()))]);
    match clause {
        "a condition function" => return plain("condition", "ask"),
        "a NULL condition function" => return plain("condition", "null"),
        "an address buffer but no length" => {
            return Some(vec![
                ("addr", Value::Plain("room".into())),
                ("addrlen", Value::Plain("null".into())),
            ]);
        }
        "no caller data" => return plain("caller-data", "-"),
        "empty caller data" => return plain("caller-data", "\"\""),
        "a QOS" => return plain("sqos", FLOW),
        "another QOS" => return plain("sqos", CHANGED_FLOW),
        "a group QOS" => return plain("gqos", FLOW),
        "a QOS that cannot be met" => return plain("sqos", IMPOSSIBLE_FLOW),
        "no buffer" => return plain("capacity", "-"),
        "no data" => return plain("data", "-"),
        "MSG_PEEK" => return plain("peek", "1"),
        "MSG_OOB" => return plain("urgent", "1"),
        "MSG_PARTIAL" => return plain("partial", "1"),
        "no event object" => return plain("event", "-"),
        "no port" => return plain("port", "-"),
        "no room for the result" => return plain("result", "null"),
        "no events" => return plain("mask", "-"),
        _ => {}
    }
    if let Ok(object) = clause.parse::<Object>() {
        let kind = if clause.starts_with("the port") {
            "port"
        } else {
            "event"
        };
        return plain(kind, &object.name);
    }
    if clause.starts_with("FD_") {
        return plain("mask", clause);
    }
    if let Some(number) = between(clause, "a length of ", " but no address buffer") {
        return Some(vec![
            ("addr", Value::Plain("null".into())),
            ("addrlen", Value::Plain(number.into())),
        ]);
    }
    if let Some(number) = between(clause, "an address buffer of ", " bytes") {
        return Some(vec![
            ("addr", Value::Plain("room".into())),
            ("addrlen", Value::Plain(number.into())),
        ]);
    }
    if let Some(number) = between(clause, "room for ", " bytes of callee data") {
        return plain("callee", number);
    }
    if let Some(number) = between(clause, "room for ", " bytes") {
        return Some(vec![
            ("max", Value::Plain(number.into())),
            ("capacity", Value::Plain(number.into())),
        ]);
    }
    if let Some(number) = between(clause, "a time-out of ", " ms") {
        return plain("timeout", number);
    }
    simple(clause)
}

/// Clauses of a fixed beginning and one value.
fn simple(clause: &str) -> Option<Vec<Argument>> {
    const NUMBERS: [(&str, &str); 11] = [
        ("a backlog of ", "backlog"),
        ("a length of ", "len"),
        ("callback data ", "context"),
        ("direction ", "how"),
        ("group ", "group"),
        ("error ", "value"),
        ("code ", "code"),
        ("handle ", "value"),
        ("mask ", "mask"),
        ("message ", "message"),
        ("value ", "value"),
    ];
    const DATA: [(&str, &str); 3] = [
        ("caller data ", "caller-data"),
        ("disconnect data ", "data"),
        ("data ", "data"),
    ];
    if let Some(value) = clause.strip_prefix("value ").and_then(data_value) {
        return Some(vec![("value", value)]);
    }
    if let Some(option) = clause.strip_prefix("option ") {
        return Some(vec![("option", Value::Plain(option.to_owned()))]);
    }
    for (beginning, key) in NUMBERS {
        if let Some(value) = clause.strip_prefix(beginning) {
            return Some(vec![(key, Value::Plain(value.to_owned()))]);
        }
    }
    for (beginning, key) in DATA {
        if let Some(data) = clause.strip_prefix(beginning) {
            return Some(vec![(key, data_value(data)?)]);
        }
    }
    None
}

/// Network events, `FD_READ and FD_CLOSE with WSAECONNABORTED`, as the protocol spells them.
///
/// # Errors
/// A sentence that names what is no event.
pub(crate) fn events(text: &str) -> Result<Vec<String>, String> {
    text.replace(", ", " and ")
        .split(" and ")
        .map(|event| match event.split_once(" with ") {
            _ if !event.starts_with("FD_") => Err(format!("`{event}` is no event")),
            Some((event, error)) => Ok(format!("{event}:{error}")),
            None => Ok(event.to_owned()),
        })
        .collect()
}

/// What a condition function does before it returns: "having …".
///
/// # Errors
/// A sentence that names the clause that makes no sense.
pub(crate) fn effects(text: &str) -> Result<Vec<Argument>, String> {
    text.replace(", ", " and ")
        .split(" and ")
        .filter(|clause| !clause.is_empty() && *clause != "done nothing")
        .map(|clause| {
            effect(clause).ok_or_else(|| format!("no condition function does `{clause}`"))
        })
        .collect()
}

fn effect(clause: &str) -> Option<Argument> {
    match clause {
        "replaced the callee buffer" => {
            return Some(("reply-buf", Value::Plain("replace".into())));
        }
        "overwritten its inputs" => return Some(("scribble", Value::Plain("1".into()))),
        "set the QOS" => return Some(("sqos", Value::Plain(CHANGED_FLOW.into()))),
        _ => {}
    }
    if let Some(number) = clause.strip_prefix("set the callee length to ") {
        return Some(("reply-len", Value::Number(size(number)?)));
    }
    if let Some(number) = clause.strip_prefix("set the group to ") {
        return Some(("group", Value::Plain(number.to_owned())));
    }
    if let Some(data) = between(clause, "written ", " without a length") {
        return Some(("reply-bytes", data_value(data)?));
    }
    let data = clause.strip_prefix("written callee data ")?;
    Some(("reply", data_value(data)?))
}

/// Data: `"text"`, `0x00ff`, `of N bytes`, `of the largest size`.
fn data_value(text: &str) -> Option<Value> {
    match text.strip_prefix("of ") {
        Some(amount) => Some(Value::Pattern(size(
            amount.strip_suffix(" bytes").unwrap_or(amount),
        )?)),
        None => bytes(text).map(Value::Plain),
    }
}

/// Reads a number of bytes: `5`, `the largest size`, `one more than the capacity`.
pub(crate) fn size(text: &str) -> Option<Size> {
    match text {
        "the largest size" | "the capacity" | "the limit" => Some(Size::Limit(0)),
        "one byte more than the largest size" | "one more than the capacity" => {
            Some(Size::Limit(1))
        }
        "one less than the capacity" | "one less than the limit" => Some(Size::Limit(-1)),
        _ => text.parse().ok().map(Size::Bytes),
    }
}

/// A value to compare with: an address, data, or the text itself.
pub(crate) fn wanted(text: &str) -> Value {
    place(text)
        .map(Value::At)
        .or_else(|| data_value(text))
        .or_else(|| size(text).map(Value::Number))
        .unwrap_or_else(|| Value::Plain(text.to_owned()))
}

/// Bytes of feature text, `"text"` or `0x00ff`, as the protocol spells them.
pub(crate) fn bytes(text: &str) -> Option<String> {
    if let Some(text) = between(text, "\"", "\"") {
        return Some(hex(text.as_bytes()));
    }
    let digits = text.strip_prefix("0x")?;
    let valid = digits.len() % 2 == 0 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| digits.to_ascii_lowercase())
}

/// Bytes as the protocol spells them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    if bytes.is_empty() {
        return "\"\"".to_owned();
    }
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes that differ from their neighbours and are never zero.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (1..=250u8).cycle().take(length).collect()
}

/// Reads an address phrase.
pub(crate) fn place(text: &str) -> Option<Place> {
    let socket = |name: &str| name.parse::<Socket>().ok();
    match text {
        "a local address" => Some(Place::Local),
        "the wildcard address" => Some(Place::Wildcard),
        "an address where nothing listens" => Some(Place::Unused),
        "an address that is not local" => Some(Place::Foreign),
        "an address of another family" => Some(Place::OtherFamily),
        "an address in an unreachable network" => Some(Place::Unreachable),
        "a NULL address" => Some(Place::Nothing),
        _ => {
            let rest = text.strip_prefix("the address of ")?;
            if let Some(name) = rest.strip_suffix(" with port 0") {
                return socket(name).map(Place::PortZero);
            }
            match rest.strip_suffix(" with an all-zero host") {
                Some(name) => socket(name).map(Place::AllZero),
                None => socket(rest).map(Place::Of),
            }
        }
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.strip_suffix(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(key: &'static str, value: &str) -> Argument {
        (key, Value::Plain(value.to_owned()))
    }

    #[test]
    fn clauses_become_arguments() {
        assert_eq!(
            arguments("a condition function, an address buffer of 16 bytes and callback data 7"),
            Ok(vec![
                plain("condition", "ask"),
                plain("addr", "room"),
                plain("addrlen", "16"),
                plain("context", "7"),
            ])
        );
        assert_eq!(
            arguments("MSG_PARTIAL and MSG_PEEK"),
            Ok(vec![plain("partial", "1"), plain("peek", "1")])
        );
        assert_eq!(arguments(""), Ok(vec![]));
        assert!(arguments("a backlog of 5 and so on").is_err());
    }

    #[test]
    fn events_have_errors_of_their_own() {
        assert_eq!(
            events("FD_READ, FD_WRITE and FD_CLOSE with WSAECONNABORTED"),
            Ok(vec![
                "FD_READ".to_owned(),
                "FD_WRITE".to_owned(),
                "FD_CLOSE:WSAECONNABORTED".to_owned(),
            ])
        );
        assert!(events("FD_READ and nothing else").is_err());
    }

    #[test]
    fn registrations_have_clauses() {
        assert_eq!(
            arguments("the second event object and FD_READ"),
            Ok(vec![plain("event", "event-2"), plain("mask", "FD_READ")])
        );
        assert_eq!(
            arguments("the port, message 7 and mask 1024"),
            Ok(vec![
                plain("port", "port"),
                plain("message", "7"),
                plain("mask", "1024"),
            ])
        );
    }

    #[test]
    fn one_of_address_and_length_can_be_missing() {
        let buffer_only = vec![plain("addr", "room"), plain("addrlen", "null")];
        assert_eq!(
            arguments("an address buffer but no length"),
            Ok(buffer_only)
        );
        let length_only = vec![plain("addr", "null"), plain("addrlen", "28")];
        assert_eq!(
            arguments("a length of 28 but no address buffer"),
            Ok(length_only)
        );
        assert_eq!(arguments("a length of 4"), Ok(vec![plain("len", "4")]));
    }

    #[test]
    fn addresses_have_phrases() {
        let listener = Socket::server("listener");
        assert_eq!(
            place("the address of the listener"),
            Some(Place::Of(listener.clone()))
        );
        assert_eq!(
            place("the address of the listener with port 0"),
            Some(Place::PortZero(listener))
        );
        assert_eq!(place("the address of nobody"), None);
    }

    #[test]
    fn bytes_are_text_or_hexadecimal() {
        assert_eq!(bytes("\"hi\"").as_deref(), Some("6869"));
        assert_eq!(bytes("\"\"").as_deref(), Some("\"\""));
        assert_eq!(bytes("0x00FF").as_deref(), Some("00ff"));
        assert_eq!(bytes("0x0"), None);
        assert_eq!(bytes("hi"), None);
    }

    #[test]
    fn effects_of_a_condition_function() {
        assert_eq!(
            effects("written callee data \"no\" and set the group to 1"),
            Ok(vec![plain("reply", "6e6f"), plain("group", "1")])
        );
        assert_eq!(
            effects("set the callee length to one more than the capacity"),
            Ok(vec![("reply-len", Value::Number(Size::Limit(1)))])
        );
        assert_eq!(
            effects("written 0x01 without a length"),
            Ok(vec![plain("reply-bytes", "01")])
        );
        assert!(effects("gone for a walk").is_err());
    }

    #[test]
    fn a_pattern_has_no_zeros() {
        assert!(pattern(600).iter().all(|byte| *byte != 0));
        assert_eq!(pattern(600).len(), 600);
    }
}
