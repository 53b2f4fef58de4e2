//! Everything that a peer can do wrong, with its error, the offending octet and the cause of an ER.

use super::*;

#[track_caller]
fn rejected(tpdu: &[u8], fault: Fault, at: usize, cause: Cause) {
    assert_eq!(Tpdu::decode(tpdu), Err(Malformed { fault, at }));
    assert_eq!(Cause::from(fault), cause);

    // The same from a stream, octet by octet, where the fault may be seen before the TPDU is whole.
    let mut packet = tpkt::header(tpdu.len().max(3)).unwrap().to_vec();
    packet.extend_from_slice(tpdu);
    packet.resize(packet.len().max(7), 0);
    let mut decoder = Decoder::new();
    let found = packet
        .chunks(1)
        .find_map(|mut octet| decoder.next(&mut octet).err());
    assert_eq!(found, Some(DecodeError::Tpdu(Malformed { fault, at })));
    let mut more: &[u8] = &[3, 0, 0, 7, 2, 0xF0, 0x80];
    assert_eq!(decoder.next(&mut more), Err(found.unwrap()), "for ever");
    assert_eq!(more.len(), 7, "and takes nothing more");
    assert!(tpdu.starts_with(decoder.rejected()));
    assert!(!decoder.rejected().is_empty());
}

// ---- packets

#[test]
fn a_packet_has_version_3_and_room_for_a_tpdu() {
    let error = |octets: &[u8]| {
        let mut input = octets;
        Decoder::new().next(&mut input).unwrap_err()
    };
    for octet in (0..=255).filter(|octet| *octet != 3) {
        let expected = DecodeError::Packet(BadPacket::Version(octet));
        assert_eq!(error(&[octet]), expected);
        assert_eq!(error(&[octet, 0, 0, 7, 2, 0xF0, 0x80]), expected);
    }
    for length in 0..7 {
        let expected = DecodeError::Packet(BadPacket::Length(length));
        let octets = [3, 0, 0, u8::try_from(length).unwrap()];
        assert_eq!(error(&octets), expected);
    }
    assert_eq!(tpkt::header(2), None);
    assert_eq!(tpkt::header(3), Some([3, 0, 0, 7]));
    assert_eq!(tpkt::header(65_531), Some([3, 0, 0xFF, 0xFF]));
    assert_eq!(tpkt::header(65_532), None);
}

#[test]
fn the_reserved_octet_of_a_packet_is_ignored() {
    let mut input: &[u8] = &[3, 0xFF, 0, 7, 2, 0xF0, 0x80];
    assert!(matches!(
        Decoder::new().next(&mut input),
        Ok(Some(Event::Data(_)))
    ));
}

// ---- types and lengths

#[test]
fn unknown_types_and_those_of_flow_control_are_rejected() {
    // 10 ED, 20 EA, 50 RJ, 60 AK; F1 is a DT that asks for an acknowledgement; 81, C1, 71 do not exist.
    for code in [
        0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x65, 0x90, 0xA0, 0xB0, 0xF1, 0x81, 0xC1, 0x71,
    ] {
        rejected(
            &[4, code, 0, 1, 0x80],
            Fault::UnknownType,
            1,
            Cause::TPDU_TYPE,
        );
    }
}

#[test]
fn a_length_indicator_stays_inside_the_tpdu() {
    for tpdu in [&[][..], &[2], &[2, 0xF0]] {
        let expected = Malformed::new(Fault::LengthIndicator, 0);
        assert_eq!(Tpdu::decode(tpdu), Err(expected));
    }
    let reject = |tpdu: &[u8]| rejected(tpdu, Fault::LengthIndicator, 0, Cause::UNSPECIFIED);
    reject(&[0, 0xF0, 0x80]);
    reject(&[6, 0xE0, 0, 0, 0, 1]); // LI is the length of the TPDU
    reject(&[255, 0xE0, 0, 0, 0, 1, 0x21]);
    let mut long = vec![0; 300];
    long[..7].copy_from_slice(&[255, 0xD0, 0, 1, 0, 2, 0x21]);
    reject(&long);
}

#[test]
fn a_header_has_at_least_its_fixed_part() {
    let reject = |tpdu: &[u8]| rejected(tpdu, Fault::LengthIndicator, 0, Cause::UNSPECIFIED);
    reject(&[5, 0xE0, 0, 0, 0, 1, 0x21]);
    reject(&[5, 0xD0, 0, 1, 0, 2, 0x21]);
    reject(&[5, 0x80, 0, 1, 0, 2, 0x80]);
    reject(&[4, 0xC0, 0, 1, 0, 2]);
    reject(&[3, 0x70, 0, 1, 0]);
}

#[test]
fn data_has_one_of_two_headers() {
    for indicator in [1, 3, 5, 7, 254] {
        let mut tpdu = vec![0; 300];
        tpdu[..2].copy_from_slice(&[indicator, 0xF0]);
        rejected(&tpdu, Fault::LengthIndicator, 0, Cause::UNSPECIFIED);
    }
    rejected(
        &[4, 0xF0, 0, 1],
        Fault::LengthIndicator,
        0,
        Cause::UNSPECIFIED,
    );
    rejected(&[2, 0xF0, 0x81], Fault::Number, 2, Cause::UNSPECIFIED);
    rejected(&[2, 0xF0, 0x01, b'x'], Fault::Number, 2, Cause::UNSPECIFIED);
}

// ---- limits

fn with_data(header: &[u8], data: usize) -> Vec<u8> {
    let mut tpdu = header.to_vec();
    tpdu.resize(header.len() + data, b'x');
    tpdu
}

#[test]
fn user_data_has_limits() {
    for (header, most) in [
        (&[6, 0xE0, 0, 0, 0, 1, 0x21], 32),
        (&[6, 0xD0, 0, 1, 0, 2, 0x21], 32),
        (&[6, 0x80, 0, 1, 0, 2, 0x80], 64),
    ] {
        assert!(Tpdu::decode(&with_data(header, most)).is_ok());
        let tpdu = with_data(header, most + 1);
        rejected(&tpdu, Fault::TooLong, 7 + most, Cause::UNSPECIFIED);
    }
}

#[test]
fn a_request_has_no_more_than_128_octets() {
    // A called selector fills the header: 9 + n octets, then 32 of user data.
    let request = |selector: u8| {
        let mut tpdu = vec![8 + selector, 0xE0, 0, 0, 0, 1, 0x21, 0xC2, selector];
        tpdu.resize(9 + usize::from(selector), 7);
        with_data(&tpdu, 32)
    };
    assert_eq!(request(87).len(), 128);
    assert!(Tpdu::decode(&request(87)).is_ok());
    rejected(&request(88), Fault::TooLong, 128, Cause::UNSPECIFIED);
}

#[test]
fn what_has_no_user_data_may_not_bring_any() {
    let trailing = |tpdu: &[u8], at| rejected(tpdu, Fault::TrailingOctets, at, Cause::UNSPECIFIED);
    trailing(&[5, 0xC0, 0, 1, 0, 2, 0], 6);
    trailing(&[4, 0x70, 0, 1, 0, 0], 5);
    trailing(&[8, 0x70, 0, 1, 0, 0xC1, 2, 4, 0x10, 9], 9);
}

#[test]
fn a_claim_is_rejected_before_it_is_there() {
    // A CR that claims 65 531 octets: the octets that tell are the first six.
    let mut decoder = Decoder::new();
    let mut input: &[u8] = &[3, 0, 0xFF, 0xFF, 254, 0xE0];
    let expected = Malformed::new(Fault::TooLong, 128);
    assert_eq!(decoder.next(&mut input), Err(expected.into()));
    assert!(decoder.allocated() <= 2);
}

#[test]
fn what_was_kept_is_given_back_and_a_cut_packet_is_seen() {
    let mut decoder = Decoder::new();
    let stream = b"\x03\x00\x00\x0A\x05\xC0\x00\x01\x00\x02\x03\x00\x00\x0B\x04\xF0\x00\x01\x80hi";
    let mut most = 0;
    for (place, octet) in stream.chunks(1).enumerate() {
        assert_eq!(
            decoder.is_inside(),
            ![0, 10].contains(&place),
            "before octet {place}"
        );
        let mut octet = octet;
        let _ = decoder.next(&mut octet);
        most = most.max(decoder.allocated());
    }
    assert!(!decoder.is_inside());
    assert_eq!((most, decoder.allocated()), (6, 0));
}

// ---- references

#[test]
fn references_that_must_be_0_are_and_others_are_not() {
    let reject = |tpdu: &[u8], at| rejected(tpdu, Fault::Reference, at, Cause::UNSPECIFIED);
    reject(&[6, 0xE0, 0, 9, 0, 1, 0x21], 3);
    reject(&[6, 0xE0, 9, 0, 0, 1, 0x21], 3);
    reject(&[6, 0xE0, 0, 0, 0, 0, 0x21], 5);
    reject(&[6, 0xD0, 0, 1, 0, 0, 0x21], 5);
    assert!(Tpdu::decode(&[6, 0xD0, 0, 0, 0, 1, 0x21]).is_ok());
}

// ---- parameters

fn request_with(parameters: &[u8]) -> Vec<u8> {
    with_parameters(&[0xE0, 0, 0, 0, 1, 0x21], parameters)
}

fn with_parameters(fixed: &[u8], parameters: &[u8]) -> Vec<u8> {
    let indicator = u8::try_from(fixed.len() + parameters.len()).unwrap();
    [&[indicator], fixed, parameters].concat()
}

#[test]
fn parameters_stay_inside_the_header() {
    let reject = |parameters: &[u8], at| {
        let tpdu = request_with(parameters);
        rejected(&tpdu, Fault::ParameterLength, at, Cause::PARAMETER_VALUE);
        // The same where octets of user data follow: they are no part of a value.
        rejected(
            &with_data(&tpdu, 5),
            Fault::ParameterLength,
            at,
            Cause::PARAMETER_VALUE,
        );
    };
    reject(&[0xC0], 7);
    reject(&[0xC1, 1], 8);
    reject(&[0xC1, 255, 0], 8);
    reject(&[0xC6, 1, 0, 0x5A], 10);
    reject(&[0xC6, 1, 0, 0x5A, 6, 1, 3, 0, 32, 0], 11);
}

#[test]
fn parameters_have_the_length_of_their_code() {
    let lengths: [(u8, &[usize]); 8] = [
        (0xC0, &[1]),
        (0xF0, &[1, 2, 3, 4]),
        (0xC4, &[1]),
        (0xC6, &[1]),
        (0x86, &[3]),
        (0x87, &[2]),
        (0x88, &[8]),
        (0x89, &[12, 24]),
    ];
    for (code, good) in lengths {
        for length in 0..30_u8 {
            // A value that every code has: 7 as size, 1 as version.
            let value = if code == 0xC0 { 7 } else { 1 };
            let mut parameter = vec![code, length];
            parameter.resize(2 + usize::from(length), value);
            let tpdu = request_with(&parameter);
            if good.contains(&length.into()) {
                assert!(Tpdu::decode(&tpdu).is_ok(), "{code:x} {length}");
            } else {
                rejected(&tpdu, Fault::ParameterLength, 8, Cause::PARAMETER_VALUE);
            }
        }
    }
}

#[test]
fn parameters_have_values_that_exist() {
    let reject = |parameters: &[u8], at| {
        let tpdu = request_with(parameters);
        rejected(&tpdu, Fault::ParameterValue, at, Cause::PARAMETER_VALUE);
    };
    for logarithm in [0, 6, 0x11, 255] {
        reject(&[0xC0, 1, logarithm], 9);
    }
    reject(&[0xF0, 1, 0], 9);
    reject(&[0xF0, 4, 0, 0, 0, 0], 12);
    reject(&[0xC4, 1, 0], 9);
    reject(&[0xC4, 1, 2], 9);
}

#[test]
fn unknown_parameters_are_for_requests_only() {
    // Checksum, acknowledge time, security, a private one, alternatives, nothing that exists.
    for code in [0xC3, 0x85, 0xC5, 0x5A, 0xC7, 0x00, 0xFF] {
        let parameter = [code, 2, 0, 0];
        assert!(Tpdu::decode(&request_with(&parameter)).is_ok());
        for fixed in [
            &[0xD0, 0, 1, 0, 2, 0x21][..],
            &[0x80, 0, 1, 0, 2, 0x80],
            &[0xC0, 0, 1, 0, 2],
            &[0x70, 0, 1, 0],
        ] {
            let tpdu = with_parameters(fixed, &parameter);
            rejected(
                &tpdu,
                Fault::ParameterCode,
                1 + fixed.len(),
                Cause::PARAMETER_CODE,
            );
        }
    }
    let release = with_parameters(&[0x80, 0, 1, 0, 2, 0x80], &[0xC1, 1, 0]);
    rejected(&release, Fault::ParameterCode, 7, Cause::PARAMETER_CODE);
}

// ---- words for people

#[test]
fn errors_say_what_was_wrong() {
    let mut http: &[u8] = b"GET / HTTP/1.1";
    let error = Decoder::new().next(&mut http).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not a TPKT: its first octet is 0x47 and not 3"
    );
    let malformed = DecodeError::from(Tpdu::decode(&[4, 0x10, 0]).unwrap_err());
    assert_eq!(
        malformed.to_string(),
        "malformed TPDU at octet 1: UnknownType"
    );
    let error = EncodeError::UserData.to_string();
    assert_eq!(error, "more user data than the TPDU may carry");
}
