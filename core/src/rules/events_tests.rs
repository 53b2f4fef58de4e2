//! Network events by example.

#[path = "events_tests/model.rs"]
mod model;

use super::*;

const READ: NetworkEvents = NetworkEvents::READ;
const WRITE: NetworkEvents = NetworkEvents::WRITE;
const ACCEPT: NetworkEvents = NetworkEvents::ACCEPT;
const CONNECT: NetworkEvents = NetworkEvents::CONNECT;
const CLOSE: NetworkEvents = NetworkEvents::CLOSE;
const QOS: NetworkEvents = NetworkEvents::QOS;
const ALL: NetworkEvents = NetworkEvents::all();
const NONE: NetworkEvents = NetworkEvents::empty();

const SET: Indication = Indication {
    signal: true,
    post: NONE,
};

const fn posted(post: NetworkEvents) -> Indication {
    Indication {
        signal: false,
        post,
    }
}

fn nothing_holds() -> EventReport {
    EventReport::default()
}

fn holding(events: NetworkEvents) -> EventReport {
    EventReport::new(events, None, None)
}

/// A record with a registration, of a socket to which nothing has happened.
fn registered(mode: Mode, mask: NetworkEvents) -> Record {
    let mut record = Record::NEW;
    let told = record.register(mode, mask, nothing_holds());
    assert_eq!(told, Indication::NOTHING);
    record
}

fn enumerated(record: &mut Record) -> NetworkEvents {
    record.enumerate().events()
}

// ---- an event object

#[test]
fn an_occurrence_is_recorded_and_sets_the_object() {
    let mut record = registered(Mode::Object, ALL);
    assert_eq!(record.occur(READ, None), SET);
    assert_eq!(enumerated(&mut record), READ);
    assert_eq!(enumerated(&mut record), NONE, "only once");
}

#[test]
fn a_further_occurrence_sets_the_object_again() {
    let mut record = registered(Mode::Object, ALL);
    assert_eq!(record.occur(ACCEPT, None), SET);
    assert_eq!(record.occur(ACCEPT, None), SET, "not enumerated yet");
    assert_eq!(enumerated(&mut record), ACCEPT);
    assert_eq!(record.occur(ACCEPT, None), SET, "enumerated"); // EVT-11 EVT-60
    assert_eq!(enumerated(&mut record), ACCEPT);
}

#[test]
fn what_is_outside_the_mask_is_recorded_and_told_by_a_registration_with_it() {
    let mut record = registered(Mode::Object, WRITE);
    assert_eq!(record.occur(READ, None), Indication::NOTHING);
    assert_eq!(enumerated(&mut record), NONE); // EVT-25
    assert_eq!(record.register(Mode::Object, READ, holding(READ)), SET);
    assert_eq!(enumerated(&mut record), READ);
}

#[test]
fn what_was_not_enumerated_survives_every_registration() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    for mask in [WRITE, NONE] {
        let told = record.register(Mode::Object, mask, holding(READ));
        assert_eq!(told, Indication::NOTHING, "{mask:?}");
        assert_eq!(enumerated(&mut record), NONE, "{mask:?}"); // EVT-28
    }
    assert_eq!(record.register(Mode::Object, READ, holding(READ)), SET); // EVT-07
    assert_eq!(enumerated(&mut record), READ);
}

#[test]
fn what_was_enumerated_is_not_told_again_because_it_lasts() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(enumerated(&mut record), READ);
    for mask in [READ, NONE, ALL] {
        let told = record.register(Mode::Object, mask, holding(READ)); // EVT-16
        assert_eq!(told, Indication::NOTHING, "{mask:?}");
    }
}

#[test]
fn without_a_registration_things_are_recorded_and_nobody_is_told() {
    let mut record = Record::NEW;
    assert_eq!(record.occur(READ, None), Indication::NOTHING);
    assert_eq!(record.occur(WRITE, None), Indication::NOTHING);
    assert_eq!(record.used_up(READ), Indication::NOTHING);
    assert_eq!(enumerated(&mut record), NONE);
    assert_eq!(record.register(Mode::Object, ALL, holding(WRITE)), SET); // EVT-30
    assert_eq!(enumerated(&mut record), WRITE);
}

#[test]
fn enumerating_clears_what_is_in_the_mask_and_no_more() {
    let mut record = registered(Mode::Object, READ);
    let _ = record.occur(READ, None).and(record.occur(WRITE, None));
    assert_eq!(enumerated(&mut record), READ); // EVT-22
    assert_eq!(record.register(Mode::Object, ALL, nothing_holds()), SET);
    assert_eq!(enumerated(&mut record), WRITE);
}

// ---- calls that use up and enable

#[test]
fn what_is_used_up_is_recorded_no_longer() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(record.used_up(READ), Indication::NOTHING); // EVT-18
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn what_is_left_occurs_again() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(enumerated(&mut record), READ);
    assert_eq!(record.used(READ, true), SET); // EVT-14
    assert_eq!(enumerated(&mut record), READ);
    assert_eq!(record.used(READ, false), Indication::NOTHING);
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn what_is_used_before_anybody_has_seen_it_sets_the_object_and_is_not_recorded() {
    let mut record = registered(Mode::Object, ALL);
    assert_eq!(record.used_up(READ), SET); // EVT-18
    assert_eq!(enumerated(&mut record), NONE);
    let mut record = registered(Mode::Object, WRITE);
    assert_eq!(record.used_up(READ), Indication::NOTHING, "not in the mask");
}

#[test]
fn what_has_vanished_is_no_occurrence() {
    let mut record = registered(Mode::Object, ALL);
    record.vanished(READ);
    assert_eq!(enumerated(&mut record), NONE);
    let _ = record.occur(READ, None);
    record.vanished(READ);
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn known_is_what_was_told_of_since_it_was_enabled() {
    let mut record = registered(Mode::Object, ALL);
    assert!(!record.knows(NetworkEvents::OOB));
    let _ = record.occur(NetworkEvents::OOB, None);
    assert_eq!(enumerated(&mut record), NetworkEvents::OOB);
    assert!(record.knows(NetworkEvents::OOB));
    record.enable(NetworkEvents::OOB);
    assert!(!record.knows(NetworkEvents::OOB)); // EVT-12
}

// ---- messages

#[test]
fn one_message_is_out_until_its_event_is_enabled() {
    let mut record = registered(Mode::Message, ALL);
    assert_eq!(record.occur(READ, None), posted(READ)); // EVT-50
    assert_eq!(record.occur(READ, None), Indication::NOTHING); // EVT-51
    assert_eq!(
        record.occur(ACCEPT, None),
        posted(ACCEPT),
        "each event alone"
    );
    record.enable(READ);
    assert_eq!(record.occur(READ, None), posted(READ));
    assert_eq!(record.occur(ACCEPT, None), Indication::NOTHING); // EVT-60
}

#[test]
fn what_is_left_is_posted_again() {
    let mut record = registered(Mode::Message, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(record.used(READ, true), posted(READ)); // EVT-14
    assert_eq!(record.posted(), READ);
    assert_eq!(record.used(READ, false), Indication::NOTHING);
    assert_eq!(record.posted(), NONE);
}

#[test]
fn a_registration_for_messages_posts_what_holds_whatever_was_told_before() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None).and(record.occur(WRITE, None));
    assert_eq!(enumerated(&mut record), READ | WRITE);
    for _ in 0..2 {
        let told = record.register(Mode::Message, READ | ACCEPT, holding(READ | WRITE));
        assert_eq!(told, posted(READ)); // EVT-16
    }
}

#[test]
fn a_registration_for_messages_never_posts_the_connection() {
    let mut record = Record::NEW;
    let _ = record.occur(CONNECT, None).and(record.occur(WRITE, None));
    let told = record.register(Mode::Message, ALL, holding(WRITE));
    assert_eq!(told, posted(WRITE)); // EVT-21
    assert_eq!(record.register(Mode::Object, ALL, holding(WRITE)), SET);
    assert_eq!(enumerated(&mut record), CONNECT, "it is recorded still");
}

#[test]
fn a_message_tells_as_an_enumeration_does() {
    let mut record = registered(Mode::Message, ALL);
    let _ = record.occur(READ, None);
    let told = record.register(Mode::Object, ALL, holding(READ));
    assert_eq!(told, Indication::NOTHING); // EVT-16
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn nothing_is_enumerated_where_messages_are_posted() {
    let mut record = registered(Mode::Message, READ);
    let _ = record.occur(WRITE, None);
    assert_eq!(enumerated(&mut record), NONE); // EVT-28
    assert_eq!(
        record.register(Mode::Object, ALL, nothing_holds()),
        SET,
        "and nothing was cleared"
    );
}

// ---- the end and the attempt

#[test]
fn a_connection_ends_once() {
    for mode in [Mode::Object, Mode::Message] {
        let mut record = registered(mode, ALL);
        assert_ne!(record.occur(CLOSE, None), Indication::NOTHING);
        record.enable(CLOSE);
        let again = record.occur(CLOSE, Some(Error::ConnAborted));
        assert_eq!(again, Indication::NOTHING); // DIS-49
        assert_eq!(record.error_of(CLOSE), None, "the first end counts");
    }
}

#[test]
fn an_end_that_a_registration_has_posted_is_not_told_of_again() {
    let mut record = Record::NEW;
    let holds = EventReport::new(CLOSE, None, Some(Error::ConnAborted));
    assert_eq!(record.register(Mode::Message, ALL, holds), posted(CLOSE));
    assert_eq!(record.error_of(CLOSE), Some(Error::ConnAborted)); // DIS-38
    assert_eq!(record.occur(CLOSE, None), Indication::NOTHING); // DIS-49
    let told = record.register(Mode::Object, ALL, holds);
    assert_eq!(told, Indication::NOTHING);
}

#[test]
fn the_own_end_is_no_event() {
    let mut record = registered(Mode::Object, ALL);
    record.ended_here();
    assert_eq!(record.occur(CLOSE, None), Indication::NOTHING); // DIS-48
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn errors_stand_with_their_events() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(CONNECT, Some(Error::ConnRefused));
    let report = record.enumerate();
    assert_eq!(report.error(CONNECT), Some(Error::ConnRefused)); // EVT-29
    assert_eq!(report.error(CLOSE), None);
    let _ = record.occur(CLOSE, Some(Error::ConnAborted));
    let _ = record.occur(READ, Some(Error::NetDown));
    let report = record.enumerate();
    assert_eq!(
        report.iter().collect::<Vec<_>>(),
        [(READ, None), (CLOSE, Some(Error::ConnAborted))], // EVT-23 EVT-59
    );
    assert_eq!(report.error(CONNECT), None, "it was not enumerated again");
}

#[test]
fn the_next_attempt_is_an_event_of_its_own() {
    let mut record = registered(Mode::Message, ALL);
    let failed = record.occur(CONNECT, Some(Error::ConnRefused));
    assert_eq!(failed, posted(CONNECT));
    record.attempt_begins();
    assert_eq!(record.occur(CONNECT, None), posted(CONNECT));
    assert_eq!(record.error_of(CONNECT), None);
}

// ---- silence

#[test]
fn behind_a_deferred_head_nothing_is_recorded_and_nobody_told() {
    for mode in [Mode::Object, Mode::Message] {
        let mut record = registered(mode, ALL);
        let _ = record.occur(ACCEPT, None);
        assert_eq!(record.head_taken(), Indication::NOTHING);
        assert_eq!(record.occur(ACCEPT, None), Indication::NOTHING);
        assert_eq!(record.settle_accept(true), Indication::NOTHING);
        assert!(record.is_silent());
        assert_eq!(record.occur(ACCEPT, None), Indication::NOTHING); // ACC-09 ACC-62
        assert_eq!(enumerated(&mut record), NONE); // ACC-62
        let told = record.register(mode, ALL, nothing_holds());
        assert_eq!(told, Indication::NOTHING); // ACC-65
    }
}

#[test]
fn a_deferral_takes_back_what_was_recorded() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(ACCEPT, None).and(record.occur(READ, None));
    record.begin_silent();
    assert_eq!(enumerated(&mut record), READ); // ACC-62
}

#[test]
fn to_be_asked_about_a_deferred_head_again_is_no_occurrence() {
    for mode in [Mode::Object, Mode::Message] {
        let mut record = registered(mode, ALL);
        let _ = record.occur(ACCEPT, None);
        for _ in 0..3 {
            assert_eq!(record.head_taken(), Indication::NOTHING, "{mode:?}"); // ACC-09
            assert_eq!(record.settle_accept(false), Indication::NOTHING);
        }
    }
}

#[test]
fn a_decision_ends_the_silence() {
    for (mode, told) in [(Mode::Object, SET), (Mode::Message, posted(ACCEPT))] {
        let mut record = registered(mode, ALL);
        record.begin_silent();
        assert_eq!(record.head_taken(), Indication::NOTHING);
        record.end_silent();
        assert_eq!(record.settle_accept(false), Indication::NOTHING); // ACC-61
        assert_eq!(record.occur(ACCEPT, None), told); // ACC-63
        assert_eq!(record.head_taken(), Indication::NOTHING);
        record.end_silent();
        assert_eq!(record.settle_accept(true), told); // ACC-61
    }
}

// ---- inheritance

#[test]
fn an_accepted_socket_has_the_registration_and_a_record_of_its_own() {
    for (mode, told) in [(Mode::Object, SET), (Mode::Message, posted(WRITE))] {
        let mut listener = registered(mode, ALL);
        let _ = listener.occur(ACCEPT, None);
        listener.begin_silent();
        let (mut accepted, indication) = listener.inherited();
        assert_eq!(accepted.registration(), Some((mode, ALL))); // SKT-07 SKT-08
        assert_eq!(indication, told); // SKT-09
        assert!(!accepted.is_silent());
        let _ = accepted.register(Mode::Object, ALL, nothing_holds());
        let expected = if mode == Mode::Object { WRITE } else { NONE };
        assert_eq!(enumerated(&mut accepted), expected); // SKT-11 SKT-12
    }
}

#[test]
fn without_a_registration_the_accepted_socket_has_none() {
    let (mut accepted, told) = Record::NEW.inherited();
    assert_eq!(told, Indication::NOTHING);
    assert_eq!(accepted.registration(), None);
    assert_eq!(accepted.register(Mode::Object, ALL, nothing_holds()), SET); // EVT-17
    assert_eq!(enumerated(&mut accepted), WRITE);
}

#[test]
fn what_is_found_is_recorded_with_its_error() {
    let mut record = registered(Mode::Object, CLOSE);
    let found = EventReport::new(READ | CLOSE, None, Some(Error::ConnAborted));
    assert_eq!(record.found(found), SET); // EVT-15
    assert_eq!(record.enumerate().error(CLOSE), Some(Error::ConnAborted));
}
