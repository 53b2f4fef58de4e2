//! What must hold for any octets at all. The fuzz targets call it, and `core/tests/fuzz_corpus.rs`
//! with every file of the corpora.

use vestibule::wire::{
    Class, DecodeError, Decoder, ErrorTpdu, Event, LONGEST_CONTROL, LONGEST_HEADER, MAX_CR, Tpdu,
};

/// One TPDU: reading does not panic, and what was read means the same after it was written. What is
/// wrong can be quoted.
pub(crate) fn tpdu(octets: &[u8]) {
    let mut buffer = vec![0; octets.len() + LONGEST_HEADER + 4];
    match Tpdu::decode(octets) {
        Ok(tpdu) => {
            let length = tpdu
                .encode(&mut buffer)
                .expect("what was read can be written");
            assert_eq!(Tpdu::decode(&buffer[4..length]), Ok(tpdu));
            if let Tpdu::ConnectRequest(request) = tpdu {
                assert!(length <= 4 + MAX_CR);
                let answer = request.confirmed(1, Class::Two);
                answer
                    .encode(&mut buffer)
                    .expect("a request can be answered");
                assert!((128..=65_531).contains(&answer.agreed_size(&request)));
                let quality = request.parameters.quality;
                assert_eq!(quality.answered(Some(&quality)), quality);
            }
        }
        Err(malformed) => {
            assert!(malformed.at < octets.len().max(1));
            let error = ErrorTpdu::answering(1, malformed, octets);
            let length = error.encode(&mut buffer).expect("any TPDU can be rejected");
            assert_eq!(Tpdu::decode(&buffer[4..length]), Ok(Tpdu::Error(error)));
        }
    }
}

/// What a stream came to.
#[derive(Debug, Default, PartialEq)]
struct Read {
    /// TPDUs other than data, and ends of records.
    events: Vec<String>,
    data: Vec<u8>,
    error: Option<DecodeError>,
}

/// A stream: the first octet says into which pieces it is cut. It means the same in pieces as it does
/// whole, and no more is allocated than has arrived.
pub(crate) fn stream(octets: &[u8]) {
    let Some((size, stream)) = octets.split_first() else {
        return;
    };
    let whole = read(stream, stream.len().max(1));
    assert_eq!(whole, read(stream, usize::from(*size).max(1)));
    assert_eq!(whole, read(stream, 1));
    assert!(whole.data.len() <= stream.len());
}

fn read(stream: &[u8], size: usize) -> Read {
    let mut decoder = Decoder::new();
    let mut read = Read::default();
    let mut arrived = 0;
    for piece in stream.chunks(size) {
        arrived += piece.len();
        let mut rest = piece;
        loop {
            match decoder.next(&mut rest) {
                Ok(None) => break,
                Ok(Some(Event::Control(tpdu))) => read.events.push(format!("{tpdu:?}")),
                Ok(Some(Event::Data(piece))) => {
                    read.data.extend_from_slice(piece.data);
                    if piece.ends_record {
                        read.events.push(format!("record of {:?}", piece.reference));
                    }
                }
                Err(error) => {
                    assert!(decoder.allocated() <= arrived.min(LONGEST_CONTROL));
                    let mut more = stream;
                    assert_eq!(decoder.next(&mut more), Err(error), "for ever");
                    read.error = Some(error);
                    return read;
                }
            }
            assert!(decoder.allocated() <= arrived.min(LONGEST_CONTROL));
        }
        assert!(rest.is_empty(), "all is taken");
    }
    assert_eq!(decoder.is_inside(), ends_inside(stream));
    read
}

/// Whether the last packet of a stream is cut off.
fn ends_inside(mut stream: &[u8]) -> bool {
    while let [_, _, high, low, ..] = *stream {
        let Some(rest) = stream.get(usize::from(high) * 256 + usize::from(low)..) else {
            return true;
        };
        stream = rest;
    }
    !stream.is_empty()
}
