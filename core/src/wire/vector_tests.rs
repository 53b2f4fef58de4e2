//! Packets worked out by hand from the layouts of RFC 905 section 13 and RFC 1006 section 6.
//!
//! Every vector is checked both ways. The comment beside it says where the numbers come from: L is the
//! length of the packet (octets 2 and 3), LI the length indicator (octet 4).

use std::num::NonZeroU32;

use super::{
    quality::{Directions, Rate, ResidualError, Throughput, Wish},
    *,
};
use crate::{FlowSpec, Qos};

#[track_caller]
fn both_ways(packet: &[u8], tpdu: Tpdu<'_>) {
    let mut buffer = [0xAA; 256];
    let length = tpdu.encode(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], packet);
    let mut input = packet;
    let announced = tpkt::tpdu_length([input[0], input[1], input[2], input[3]]);
    assert_eq!(announced, Ok(packet.len() - 4));
    assert_eq!(Tpdu::decode(&packet[4..]), Ok(tpdu));
    let mut decoder = Decoder::new();
    match (decoder.next(&mut input).unwrap().unwrap(), tpdu) {
        (Event::Control(read), tpdu) => assert_eq!(read, tpdu),
        (Event::Data(piece), Tpdu::Data(data)) => {
            assert_eq!(piece.reference, data.header.reference);
            assert_eq!(piece.ends_record, data.header.ends_record);
            assert_eq!(piece.data, data.user_data);
        }
        (event, _) => panic!("{event:?}"),
    }
    assert!(input.is_empty());
}

// ---- connecting

#[test]
fn the_request_that_the_library_makes() {
    // Header after LI: code 1, references 4, class 1, C0 3, F0 4, C4 3, C6 3, C7 3: LI = 22.
    // 4 + 1 + 22 + 5 octets of data: L = 32. 511 = 01FF.
    both_ways(
        b"\x03\x00\x00\x20\
          \x16\xE0\x00\x00\x00\x01\x21\
          \xC0\x01\x0D\xF0\x02\x01\xFF\xC4\x01\x01\xC6\x01\x00\xC7\x01\x00\
          hello",
        Tpdu::ConnectRequest(ConnectRequest {
            user_data: b"hello",
            ..ConnectRequest::class_2(1)
        }),
    );
}

#[test]
fn the_request_of_class_0_alone() {
    // As above without C4 and C7, which are not for class 0: LI = 16 and L = 21.
    both_ways(
        b"\x03\x00\x00\x15\x10\xE0\x00\x00\x12\x34\x00\xC0\x01\x0D\xF0\x02\x01\xFF\xC6\x01\x00",
        Tpdu::ConnectRequest(ConnectRequest::class_0(0x1234)),
    );
}

#[test]
fn the_confirmation() {
    // 1 + 4 + 1, F0 4, C6 3: LI = 13; 4 + 14 + 2: L = 20.
    both_ways(
        b"\x03\x00\x00\x14\x0D\xD0\x00\x01\x00\x02\x21\xF0\x02\x01\xFF\xC6\x01\x00ok",
        Tpdu::ConnectConfirm(ConnectConfirm {
            user_data: b"ok",
            ..ConnectRequest::class_2(1).confirmed(2, Class::Two)
        }),
    );
}

#[test]
fn requests_of_field_devices_have_sizes_and_selectors() {
    // 1 + 4 + 1, C0 3, C1 4, C2 4: LI = 17; L = 22. Logarithm 0A: 1024 octets.
    let packet =
        b"\x03\x00\x00\x16\x11\xE0\x00\x00\x00\x01\x00\xC0\x01\x0A\xC1\x02\x01\x00\xC2\x02\x01\x02";
    let request = ConnectRequest {
        source: 1,
        class: ClassOctet::ZERO,
        parameters: Parameters {
            size: SizeLogarithm::new(10),
            calling: Some(&[1, 0]),
            called: Some(&[1, 2]),
            ..Parameters::default()
        },
        user_data: b"",
    };
    both_ways(packet, Tpdu::ConnectRequest(request));
    assert_eq!(request.parameters.stated_size(), Some(1024));
}

#[test]
fn quality_of_service_has_its_places() {
    let directions = |target, limit, target_back, limit_back| Directions {
        to_called: Wish {
            target: Rate::clamped(target),
            limit: Rate::clamped(limit),
        },
        to_calling: Wish {
            target: Rate::clamped(target_back),
            limit: Rate::clamped(limit_back),
        },
    };
    // 100 000 = 0186A0, 50 000 = 00C350, 2000 = 0007D0, 1000 = 0003E8.
    // 1 + 4 + 1, 89 2 + 24, 86 5, 87 4, 88 10: LI = 51; L = 56.
    both_ways(
        b"\x03\x00\x00\x38\x33\xE0\x00\x00\x00\x01\x21\
          \x89\x18\x01\x86\xA0\x00\xC3\x50\x00\x07\xD0\x00\x03\xE8\
          \x00\xC3\x50\x00\x00\x00\x00\x03\xE8\x00\x00\x00\
          \x86\x03\x09\x07\x0A\
          \x87\x02\x00\x05\
          \x88\x08\x00\x02\x00\x03\x00\x1E\xFF\xFF",
        Tpdu::ConnectRequest(ConnectRequest {
            source: 1,
            class: ClassOctet::TWO,
            parameters: Parameters {
                quality: Quality {
                    throughput: Some(Throughput {
                        maximum: directions(100_000, 50_000, 2000, 1000),
                        average: Some(directions(50_000, 0, 1000, 0)),
                    }),
                    residual_error: Some(ResidualError {
                        target: 9,
                        minimum: 7,
                        tsdu_size: 10,
                    }),
                    priority: Some(5),
                    transit_delay: Some(Directions {
                        to_called: Wish {
                            target: 2,
                            limit: 3,
                        },
                        to_calling: Wish {
                            target: 30,
                            limit: 65_535,
                        },
                    }),
                },
                ..Parameters::default()
            },
            user_data: b"",
        }),
    );
}

#[test]
fn order_repetition_and_unknown_parameters_do_not_matter_in_a_request() {
    // Checksum (C3), acknowledge time (85), security (C5), a private one (5A), a code with the two top
    // bits 0: passed over. C6 comes twice, the later one counts; C7 lists class 2 and class 0.
    let tpdu = b"\x25\xEF\x00\x00\x00\x01\x41\
        \xC6\x01\x01\xC3\x02\xBE\xEF\x5A\x06\x01\x03\x00\x64\x00\x64\x85\x02\x00\x10\
        \xC5\x01\x07\x3F\x00\xC7\x02\x20\x00\xC6\x01\x00";
    assert_eq!(
        tpdu.len(),
        38,
        "LI = 6 + 3 + 4 + 8 + 4 + 3 + 2 + 4 + 3 = 37"
    );
    let Ok(Tpdu::ConnectRequest(request)) = Tpdu::decode(tpdu) else {
        panic!("{:?}", Tpdu::decode(tpdu));
    };
    let expected = Parameters {
        options: Some(0),
        alternatives: Some(Classes::ZERO.and(Classes::TWO)),
        ..Parameters::default()
    };
    assert_eq!(request.parameters, expected);
}

// ---- releasing and refusing

#[test]
fn the_release_with_data() {
    // 1 + 4 + 1, E0 3: LI = 9; 4 + 10 + 8: L = 22.
    both_ways(
        b"\x03\x00\x00\x16\x09\x80\x00\x02\x00\x01\x80\xE0\x01\x80total=42",
        Tpdu::DisconnectRequest(DisconnectRequest::releasing(
            2,
            1,
            Release::Orderly,
            b"total=42",
        )),
    );
}

#[test]
fn the_abortive_release() {
    both_ways(
        b"\x03\x00\x00\x0E\x09\x80\x00\x02\x00\x01\x80\xE0\x01\xC0",
        Tpdu::DisconnectRequest(DisconnectRequest::releasing(2, 1, Release::Abortive, b"")),
    );
}

#[test]
fn the_refusal_with_data_has_no_reference_of_its_own() {
    // 1 + 4 + 1: LI = 6; 4 + 7 + 2: L = 13.
    both_ways(
        b"\x03\x00\x00\x0D\x06\x80\x00\x01\x00\x00\x80no",
        Tpdu::DisconnectRequest(DisconnectRequest::refusing(1, Reason::NORMAL, b"no")),
    );
}

#[test]
fn the_confirmation_of_a_release() {
    both_ways(
        b"\x03\x00\x00\x0A\x05\xC0\x00\x01\x00\x02",
        Tpdu::DisconnectConfirm(DisconnectConfirm {
            destination: 1,
            source: 2,
        }),
    );
}

#[test]
fn every_release_but_that_of_thrown_away_data_is_orderly() {
    let release = |additional| {
        DisconnectRequest {
            additional,
            ..DisconnectRequest::refusing(1, Reason::NORMAL, b"")
        }
        .release()
    };
    assert_eq!(release(Some(&[0xC0][..])), Release::Abortive);
    for orderly in [None, Some(&[0x80][..]), Some(&[][..]), Some(&[0xC0, 0][..])] {
        assert_eq!(release(orderly), Release::Orderly);
    }
}

// ---- data

#[test]
fn data_in_both_shapes() {
    let data = |reference, ends_record, user_data| {
        Tpdu::Data(Data {
            header: DataHeader {
                reference,
                ends_record,
            },
            user_data,
        })
    };
    both_ways(b"\x03\x00\x00\x07\x02\xF0\x80", data(None, true, b""));
    both_ways(b"\x03\x00\x00\x09\x02\xF0\x00hi", data(None, false, b"hi"));
    both_ways(
        b"\x03\x00\x00\x0B\x04\xF0\x00\x02\x80hi",
        data(Some(2), true, b"hi"),
    );
    both_ways(
        b"\x03\x00\x00\x09\x04\xF0\x12\x34\x00",
        data(Some(0x1234), false, b""),
    );
}

#[test]
fn the_number_of_data_is_free_in_class_2() {
    // RFC 905 section 13.7.3: without explicit flow control TPDU-NR may have any value.
    let Ok(Tpdu::Data(data)) = Tpdu::decode(b"\x04\xF0\x00\x02\x7Fhi") else {
        panic!();
    };
    assert!(!data.header.ends_record);
}

#[test]
fn segments_and_packing_make_the_same_octets() {
    let data: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for (reference, header) in [(Some(7), 5), (None, 3)] {
        let outbound = Outbound::new(reference, 256, true);
        assert_eq!(outbound.most_data(), 256 - header);
        let mut gathered = Vec::new();
        for (prefix, piece) in outbound.segments(&data, true) {
            gathered.extend_from_slice(&prefix);
            gathered.extend_from_slice(piece);
        }
        let mut packed = [0; 2048];
        let (taken, used) = outbound.pack(&data, true, &mut packed);
        assert_eq!(taken, 1000);
        assert_eq!(&packed[..used], gathered);

        let mut decoder = Decoder::new();
        let (mut input, mut read, mut ends) = (&gathered[..], Vec::new(), Vec::new());
        while let Some(Event::Data(piece)) = decoder.next(&mut input).unwrap() {
            assert_eq!(piece.reference, reference);
            read.extend_from_slice(piece.data);
            ends.push(piece.ends_record);
        }
        assert_eq!(read, data);
        assert_eq!(ends, [false, false, false, true], "the record ends once");
    }
}

#[test]
fn a_stream_ends_a_record_with_every_tpdu_and_sends_none_without_data() {
    let stream = Outbound::new(Some(1), 128, false);
    assert_eq!(stream.segments(b"", true).count(), 0);
    assert!(
        stream
            .segments(&[0; 300], false)
            .all(|(prefix, _)| prefix[8] == 0x80)
    );
    assert_eq!(stream.segments(&[0; 300], false).count(), 3);
}

#[test]
fn a_record_without_data_is_one_tpdu_and_one_that_goes_on_has_no_end() {
    let records = Outbound::new(Some(1), 128, true);
    let empty: Vec<_> = records.segments(b"", true).collect();
    assert_eq!(empty.len(), 1);
    assert_eq!(&*empty[0].0, b"\x03\x00\x00\x09\x04\xF0\x00\x01\x80");
    assert_eq!(records.segments(b"", false).count(), 0);
    assert!(
        records
            .segments(&[0; 300], false)
            .all(|(prefix, _)| prefix[8] == 0)
    );
}

#[test]
fn packing_stops_at_the_end_of_the_buffer_and_goes_on_from_there() {
    let records = Outbound::new(Some(1), 128, true);
    let mut buffer = [0; 20];
    assert_eq!(records.pack(&[7; 30], true, &mut buffer), (11, 20));
    assert_eq!(buffer[8], 0, "the record goes on");
    assert_eq!(records.pack(&[7; 19], true, &mut buffer), (11, 20));
    assert_eq!(records.pack(&[7; 8], true, &mut buffer), (8, 17));
    assert_eq!(buffer[8], 0x80, "and ends");
    assert_eq!(records.pack(&[7; 8], true, &mut buffer[..9]), (0, 0));
}

#[test]
fn a_tpdu_is_never_longer_than_a_packet_holds() {
    let largest = Outbound::new(None, usize::MAX, false);
    assert_eq!(largest.most_data(), 65_528);
    let data = vec![0; 65_529];
    let lengths: Vec<usize> = largest
        .segments(&data, true)
        .map(|(_, piece)| piece.len())
        .collect();
    assert_eq!(lengths, [65_528, 1]);
    let (prefix, _) = largest.segments(&data, true).next().unwrap();
    assert_eq!(&*prefix, b"\x03\x00\xFF\xFF\x02\xF0\x80");
}

// ---- errors

#[test]
fn an_error_quotes_up_to_the_offending_octet() {
    // 1 + 2 + 1, C1 4: LI = 8; L = 13. The rejected TPDU is an ED, code 10.
    let rejected = b"\x04\x10\x00\x01\x80data";
    let malformed = Tpdu::decode(rejected).unwrap_err();
    both_ways(
        b"\x03\x00\x00\x0D\x08\x70\x00\x01\x02\xC1\x02\x04\x10",
        Tpdu::Error(ErrorTpdu::answering(1, malformed, rejected)),
    );
}

#[test]
fn an_error_quotes_no_more_than_it_can() {
    let far = Malformed {
        fault: Fault::TooLong,
        at: 300,
    };
    let rejected = [9; 319];
    let error = ErrorTpdu::answering(1, far, &rejected);
    assert_eq!(error.rejected.map(<[u8]>::len), Some(248));
    let mut buffer = [0; 300];
    assert_eq!(Tpdu::Error(error).encode(&mut buffer), Ok(4 + 255));
    assert_eq!(buffer[4], 254);
}

// ---- what is sent is whole, or not sent

#[test]
fn user_data_is_never_cut() {
    let mut buffer = [0; 132];
    let data = [0; 65];
    let request = |length| ConnectRequest {
        user_data: &data[..length],
        ..ConnectRequest::class_2(1)
    };
    assert!(request(32).encode(&mut buffer).is_ok());
    assert_eq!(request(33).encode(&mut buffer), Err(EncodeError::UserData));
    let confirm = |length| ConnectConfirm {
        user_data: &data[..length],
        ..request(0).confirmed(2, Class::Two)
    };
    assert!(confirm(32).encode(&mut buffer).is_ok());
    assert_eq!(confirm(33).encode(&mut buffer), Err(EncodeError::UserData));
    let release = |length| DisconnectRequest::releasing(1, 2, Release::Orderly, &data[..length]);
    assert!(release(64).encode(&mut buffer).is_ok());
    assert_eq!(release(65).encode(&mut buffer), Err(EncodeError::UserData));
}

#[test]
fn every_buffer_that_is_too_short_is_refused() {
    let request = ConnectRequest {
        user_data: b"hello",
        ..ConnectRequest::class_2(1)
    };
    let data = Data {
        header: DataHeader {
            reference: None,
            ends_record: true,
        },
        user_data: b"hello",
    };
    for tpdu in [Tpdu::ConnectRequest(request), Tpdu::Data(data)] {
        let mut buffer = [0; 64];
        let length = tpdu.encode(&mut buffer).unwrap();
        for room in 0..length {
            assert_eq!(tpdu.encode(&mut buffer[..room]), Err(EncodeError::NoRoom));
        }
        assert_eq!(tpdu.encode(&mut buffer[..length]), Ok(length));
    }
}

#[test]
fn a_reference_of_nothing_is_not_sent() {
    let mut buffer = [0; 64];
    let request = ConnectRequest::class_2(0);
    assert_eq!(request.encode(&mut buffer), Err(EncodeError::Reference));
    let confirm = request.confirmed(0, Class::Two);
    assert_eq!(confirm.encode(&mut buffer), Err(EncodeError::Reference));
}

/// A CR with all that can be said: 7 fixed, C0 3, F0 4, C4 3, C6 3, C7 3, 89 14, 86 5, 87 4, 88 10 are
/// 56 octets, 32 of user data make 88; so 40 are left for the selectors with their codes and lengths.
fn full_request<'a>(calling: &'a [u8], called: &'a [u8]) -> ConnectRequest<'a> {
    let bare = ConnectRequest::class_2(1);
    ConnectRequest {
        parameters: Parameters {
            calling: Some(calling),
            called: Some(called),
            quality: Quality {
                throughput: Some(Throughput::default()),
                residual_error: Some(ResidualError::default()),
                priority: Some(0),
                transit_delay: Some(Directions::default()),
            },
            ..bare.parameters
        },
        user_data: &[9; 32],
        ..bare
    }
}

#[test]
fn a_request_leaves_out_quality_of_service_before_it_is_too_long() {
    let selector = [1; 300];
    let mut buffer = [0; 4 + MAX_CR];
    // Left out 86, then 87, then 88, then 89: octets that are then free are 5, 4, 10 and 14.
    for (more, left_out) in [
        (0, 0),
        (1, 1),
        (5, 1),
        (6, 2),
        (9, 2),
        (10, 3),
        (19, 3),
        (20, 4),
        (33, 4),
    ] {
        let request = full_request(&selector[..18], &selector[..18 + more]);
        let length = request.encode(&mut buffer).unwrap();
        assert!(length <= 4 + 128);
        let Ok(Tpdu::ConnectRequest(read)) = Tpdu::decode(&buffer[4..length]) else {
            panic!();
        };
        let quality = read.parameters.quality;
        let missing = [
            quality.residual_error.is_none(),
            quality.priority.is_none(),
            quality.transit_delay.is_none(),
            quality.throughput.is_none(),
        ];
        let expected = [0, 1, 2, 3].map(|place| place < left_out);
        assert_eq!(missing, expected, "{more} octets more");
        assert_eq!(read.user_data, [9; 32]);
        assert_eq!(read.parameters.called, request.parameters.called);
    }
    let request = full_request(&selector[..18], &selector[..18 + 34]);
    assert_eq!(request.encode(&mut buffer), Err(EncodeError::TooLong));
    let request = full_request(&selector, &selector);
    assert_eq!(request.encode(&mut buffer), Err(EncodeError::TooLong));
}

#[test]
fn a_header_that_its_indicator_cannot_count_is_refused() {
    let selector = [1; 300];
    let mut buffer = [0; 4 + LONGEST_HEADER];
    let confirm = |length| ConnectConfirm {
        destination: 1,
        source: 2,
        class: ClassOctet::TWO,
        parameters: Parameters {
            called: Some(&selector[..length]),
            ..Parameters::default()
        },
        user_data: b"",
    };
    // 6 + 2 + 246: LI = 254, the largest.
    assert_eq!(confirm(246).encode(&mut buffer), Ok(4 + 255));
    assert_eq!(confirm(247).encode(&mut buffer), Err(EncodeError::TooLong));
    assert_eq!(confirm(300).encode(&mut buffer), Err(EncodeError::TooLong));
    let release = |length| DisconnectRequest {
        additional: Some(&selector[..length]),
        ..DisconnectRequest::refusing(1, Reason::NORMAL, b"")
    };
    assert_eq!(release(246).encode(&mut buffer), Ok(4 + 255));
    assert_eq!(release(247).encode(&mut buffer), Err(EncodeError::TooLong));
    let error = |length| ErrorTpdu {
        destination: 1,
        cause: Cause::UNSPECIFIED,
        rejected: Some(&selector[..length]),
    };
    assert_eq!(error(248).encode(&mut buffer), Ok(4 + 255));
    assert_eq!(error(249).encode(&mut buffer), Err(EncodeError::TooLong));
}

// ---- negotiation

fn request(class: u8, alternatives: Option<Classes>) -> ConnectRequest<'static> {
    ConnectRequest {
        source: 1,
        class: ClassOctet(class),
        parameters: Parameters {
            alternatives,
            ..Parameters::default()
        },
        user_data: b"",
    }
}

#[test]
fn class_2_is_chosen_before_class_0_and_nothing_else() {
    let both = Classes::ZERO.and(Classes::TWO);
    let chosen = |class, alternatives| request(class, alternatives).chosen_class(both);
    assert_eq!(chosen(0x21, Some(Classes::ZERO)), Some(Class::Two));
    assert_eq!(chosen(0x21, None), Some(Class::Two));
    assert_eq!(chosen(0x00, None), Some(Class::Zero));
    assert_eq!(chosen(0x20, None), None, "explicit flow control");
    assert_eq!(chosen(0x20, Some(Classes::ZERO)), Some(Class::Zero));
    assert_eq!(chosen(0x41, Some(both)), Some(Class::Two));
    assert_eq!(chosen(0x40, Some(both)), Some(Class::Zero));
    assert_eq!(chosen(0x40, None), None);
    assert_eq!(chosen(0x10, Some(Classes::NONE)), None);
    let only_0 = |class, alternatives| request(class, alternatives).chosen_class(Classes::ZERO);
    assert_eq!(only_0(0x21, Some(Classes::ZERO)), Some(Class::Zero));
    assert_eq!(only_0(0x21, None), None);
}

#[test]
fn a_confirmation_has_a_class_that_was_proposed() {
    let agreed = |answer, proposed: &ConnectRequest<'_>| {
        ConnectConfirm {
            class: ClassOctet(answer),
            ..proposed.confirmed(2, Class::Two)
        }
        .agreed_class(proposed.proposed_classes())
    };
    let both = ConnectRequest::class_2(1);
    assert_eq!(agreed(0x21, &both), Ok(Class::Two));
    assert_eq!(agreed(0x00, &both), Ok(Class::Zero));
    assert_eq!(agreed(0x20, &both), Err(Mismatch::Refuse));
    assert_eq!(agreed(0x41, &both), Err(Mismatch::Close));
    let only_0 = ConnectRequest::class_0(1);
    assert_eq!(agreed(0x00, &only_0), Ok(Class::Zero));
    assert_eq!(agreed(0x21, &only_0), Err(Mismatch::Refuse));
    let only_2 = request(0x21, None);
    assert_eq!(agreed(0x00, &only_2), Err(Mismatch::Close));
}

#[test]
fn a_confirmation_states_a_size_that_was_proposed() {
    let units = |units| NonZeroU32::new(units);
    let sized = |size, preferred_size| {
        let mut asked = request(0x21, None);
        asked.parameters.size = size;
        asked.parameters.preferred_size = preferred_size;
        asked
    };
    let agreed = |asked: &ConnectRequest<'_>| {
        asked
            .confirmed(2, Class::Two)
            .agreed_size(asked.proposed_size())
    };
    assert_eq!(agreed(&sized(None, None)), 8192);
    assert_eq!(agreed(&sized(SizeLogarithm::new(7), None)), 128);
    assert_eq!(agreed(&sized(SizeLogarithm::new(16), None)), 8192);
    assert_eq!(agreed(&sized(SizeLogarithm::new(13), units(511))), 65_408);
    assert_eq!(agreed(&sized(None, units(3))), 384);
    assert_eq!(agreed(&sized(None, units(u32::MAX))), 65_408);
    let silent = ConnectConfirm {
        parameters: Parameters::default(),
        ..request(0x21, None).confirmed(2, Class::Two)
    };
    let asked = sized(SizeLogarithm::new(10), None);
    assert_eq!(
        silent.agreed_size(asked.proposed_size()),
        1024,
        "as proposed"
    );
    let asked = sized(None, units(u32::MAX));
    assert_eq!(
        silent.agreed_size(asked.proposed_size()),
        65_531,
        "as proposed, in a packet"
    );
    let asked = sized(None, None);
    assert_eq!(
        silent.agreed_size(asked.proposed_size()),
        65_531,
        "as a packet holds"
    );
    let greedy = ConnectConfirm {
        parameters: sized(None, units(511)).parameters,
        ..silent
    };
    let asked = sized(SizeLogarithm::new(10), None);
    assert_eq!(
        greedy.agreed_size(asked.proposed_size()),
        1024,
        "not more than proposed"
    );
}

// ---- flow specifications

#[test]
fn flow_specifications_keep_rates_and_latency() {
    let qos = Qos {
        sending: FlowSpec {
            token_rate: 50_000,
            peak_bandwidth: 100_000,
            latency: 1500,
            ..FlowSpec::default()
        },
        receiving: FlowSpec {
            token_rate: 1000,
            peak_bandwidth: u32::MAX - 1,
            latency: u32::MAX - 1,
            ..FlowSpec::default()
        },
    };
    let quality = Quality::of_caller(&qos);
    let throughput = quality.throughput.unwrap();
    assert_eq!(throughput.maximum.to_called.target, Rate::clamped(100_000));
    assert_eq!(throughput.maximum.to_called.limit, Rate::clamped(50_000));
    assert_eq!(
        throughput.average.unwrap().to_called.target,
        Rate::clamped(50_000)
    );
    assert_eq!(throughput.maximum.to_calling.target, Rate::MAX);
    let expected = Qos {
        sending: FlowSpec {
            latency: 2000, // rounded up to milliseconds
            ..qos.sending
        },
        receiving: FlowSpec {
            peak_bandwidth: 16_777_215,
            latency: 65_535_000,
            ..qos.receiving
        },
    };
    assert_eq!(quality.caller_qos(), Some(expected));
}

#[test]
fn what_is_not_specified_stays_so_and_asking_is_not_lost() {
    assert_eq!(Quality::default().caller_qos(), None, "QOS-03");
    let asked = Quality::of_caller(&Qos::default());
    assert_eq!(asked.throughput, None);
    assert_eq!(asked.transit_delay, Some(Directions::default()));
    assert_eq!(asked.caller_qos(), Some(Qos::default()));
    let peak_only = Qos {
        sending: FlowSpec {
            peak_bandwidth: 9,
            ..FlowSpec::default()
        },
        ..Qos::default()
    };
    let quality = Quality::of_caller(&peak_only);
    assert_eq!(quality.transit_delay, None);
    assert_eq!(quality.caller_qos(), Some(peak_only));
}

#[test]
fn without_averages_the_token_rate_is_the_peak() {
    let mut quality = Quality::of_caller(&Qos::default());
    let mut throughput = Throughput::default();
    throughput.maximum.to_called.target = Rate::clamped(70);
    quality.throughput = Some(throughput);
    let qos = quality.caller_qos().unwrap();
    assert_eq!(
        (qos.sending.token_rate, qos.sending.peak_bandwidth),
        (70, 70)
    );
    assert_eq!(qos.receiving, FlowSpec::default());
}

#[test]
fn an_answer_makes_targets_worse_within_their_limits() {
    let wished = |target, limit| {
        let mut throughput = Throughput::default();
        throughput.maximum.to_called = Wish {
            target: Rate::clamped(target),
            limit: Rate::clamped(limit),
        };
        Quality {
            throughput: Some(throughput),
            ..Quality::default()
        }
    };
    let proposed = wished(1000, 400);
    let answer = |target| {
        let answer = proposed.answered(Some(&wished(target, 0)));
        let wish = answer.throughput.unwrap().maximum.to_called;
        assert_eq!(wish.limit, Rate::clamped(400));
        wish.target.octets_a_second()
    };
    assert_eq!(answer(700), 700);
    assert_eq!(answer(100), 400);
    assert_eq!(answer(5000), 1000);
    assert_eq!(answer(0), 1000, "nothing is said");
    assert_eq!(proposed.answered(None), proposed);
    assert_eq!(
        Quality::default().answered(Some(&proposed)),
        Quality::default()
    );

    let delayed = |target, limit| Quality {
        transit_delay: Some(Directions {
            to_called: Wish::default(),
            to_calling: Wish { target, limit },
        }),
        ..Quality::default()
    };
    let answer = |target| {
        let answer = delayed(20, 50).answered(Some(&delayed(target, 0)));
        answer.transit_delay.unwrap().to_calling.target
    };
    assert_eq!(
        [answer(30), answer(90), answer(5), answer(0)],
        [30, 50, 20, 20]
    );
}
