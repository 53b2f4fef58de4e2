//! Quality of service: which direction counts, and that nothing of it is enforced.

mod common;

use common::{calling, deciding, listening, within};
use vestibule::{Decision, Entry, Error, FlowSpec, Qos, Receive, Shutdown, Socket};

/// Controlled load at a rate, bytes per second.
fn rate(token_rate: u32) -> FlowSpec {
    FlowSpec {
        token_rate,
        service_type: 2,
        ..FlowSpec::default()
    }
}

/// Cannot be carried in either direction.
const IMPOSSIBLE: FlowSpec = FlowSpec {
    service_type: 0x77,
    token_rate: 0,
    token_bucket_size: 0,
    peak_bandwidth: 0,
    latency: 0,
    delay_variation: 0,
    max_sdu_size: 0,
    minimum_policed_size: 0,
};

fn qos(sending: FlowSpec, receiving: FlowSpec) -> Qos {
    Qos { sending, receiving }
}

fn connected() -> (Socket, Socket) {
    let (listener, address) = listening(Entry::InProcess, 1);
    let client = calling(Entry::InProcess, &address);
    let server = deciding(&listener, Decision::Accept).expect("connected");
    client.finish_connect(&within()).expect("connected");
    (client, server)
}

#[test]
fn a_direction_that_was_shut_down_keeps_what_it_had() {
    let agreed = qos(rate(10), rate(20));
    for (how, asked, expected) in [
        (
            Shutdown::Send,
            qos(IMPOSSIBLE, rate(30)),
            qos(rate(10), rate(30)),
        ),
        (
            Shutdown::Receive,
            qos(rate(30), IMPOSSIBLE),
            qos(rate(30), rate(20)),
        ),
    ] {
        let (client, server) = connected();
        client.set_qos(&agreed).unwrap();
        assert_eq!(client.set_qos(&asked), Err(Error::OpNotSupp)); // QOS-09
        assert_eq!(client.negotiated_qos(), Ok(agreed));
        client.shutdown(how).unwrap();
        client.set_qos(&asked).unwrap(); // QOS-11
        assert_eq!(client.negotiated_qos(), Ok(expected), "{how:?}");
        assert_eq!(server.negotiated_qos(), Ok(expected.turned_round()));
    }
}

#[test]
fn a_direction_without_traffic_is_not_checked() {
    let silent = FlowSpec {
        service_type: 0, // SERVICETYPE_NOTRAFFIC
        ..IMPOSSIBLE
    };
    let (client, server) = connected();
    let asked = qos(silent, rate(5));
    client.set_qos(&asked).unwrap(); // QOS-11
    assert_eq!(server.negotiated_qos(), Ok(asked.turned_round()));
}

#[test]
fn a_flow_specification_is_carried_and_not_enforced() {
    const SIZE: usize = 50_000;
    let (client, server) = connected();
    let slow = FlowSpec {
        token_rate: 1,
        token_bucket_size: 1,
        peak_bandwidth: 1,
        max_sdu_size: 1,
        service_type: 2,
        ..FlowSpec::default()
    };
    let asked = qos(slow, FlowSpec::default());
    client.set_qos(&asked).unwrap();
    assert_eq!(client.send(&vec![7; SIZE], &within()), Ok(SIZE)); // QOS-18: at one byte per second a day
    let mut buffer = vec![0; SIZE];
    let all = Receive {
        all: true,
        ..Receive::default()
    };
    assert_eq!(server.receive(&mut buffer, all, &within()), Ok(SIZE));
    assert_eq!(client.negotiated_qos(), Ok(asked), "carried as it is");
}
