//! Any TPDU comes back as it was sent, and any octets at all do no harm.
//!
//! [`naive`] reads TPDUs a second time, written from the layouts alone: what the library writes must
//! mean the same to it, and it must accept and refuse the same octets.

use std::num::NonZeroU32;

use proptest::{collection::vec, option, prelude::*, sample::Index};

use super::{
    quality::{Directions, Rate, ResidualError, Throughput, Wish},
    *,
};

mod naive {
    //! The second reader: a list of parameters, and nothing that is shared with the library.

    #[derive(Debug, PartialEq, Eq)]
    pub(super) struct Tpdu {
        pub(super) code: u8,
        pub(super) fixed: Vec<u8>,
        /// Code and value, in order.
        pub(super) parameters: Vec<(u8, Vec<u8>)>,
        pub(super) user_data: Vec<u8>,
    }

    /// Splits a TPDU; nothing if it cannot be split.
    pub(super) fn split(tpdu: &[u8]) -> Option<Tpdu> {
        let indicator = usize::from(*tpdu.first()?);
        if indicator == 0 || indicator == 255 || indicator >= tpdu.len() {
            return None;
        }
        let code = tpdu[1];
        let fixed = match code >> 4 {
            0xE | 0xD | 0x8 => 5,
            0xC => 4,
            0x7 => 3,
            0xF => indicator - 1,
            _ => return None,
        };
        if code >> 4 != 0xE && code >> 4 != 0xD && code & 0xF != 0 {
            return None;
        }
        let header = &tpdu[2..=indicator];
        if header.len() < fixed {
            return None;
        }
        let (fixed, mut variable) = header.split_at(fixed);
        let mut parameters = Vec::new();
        while !variable.is_empty() {
            let length = usize::from(*variable.get(1)?);
            parameters.push((variable[0], variable.get(2..2 + length)?.to_vec()));
            variable = &variable[2 + length..];
        }
        Some(Tpdu {
            code,
            fixed: fixed.to_vec(),
            parameters,
            user_data: tpdu[indicator + 1..].to_vec(),
        })
    }

    /// Whether the protocol allows this TPDU.
    pub(super) fn allows(octets: &[u8]) -> bool {
        let Some(tpdu) = split(octets) else {
            return false;
        };
        let zero = |from: usize| tpdu.fixed[from] == 0 && tpdu.fixed[from + 1] == 0;
        let parameters = |allowed: fn(u8, &[u8]) -> bool| {
            tpdu.parameters
                .iter()
                .all(|(code, value)| allowed(*code, value))
        };
        let data = tpdu.user_data.len();
        match tpdu.code >> 4 {
            0xE => {
                octets.len() <= 128 && data <= 32 && zero(0) && !zero(2) && parameters(in_request)
            }
            0xD => data <= 32 && !zero(2) && parameters(in_confirm),
            0x8 => data <= 64 && parameters(|code, _| code == 0xE0),
            0xC => data == 0 && tpdu.parameters.is_empty(),
            0x7 => data == 0 && parameters(|code, _| code == 0xC1),
            _ => match tpdu.fixed[..] {
                [end] => end == 0 || end == 0x80,
                [_, _, _] => true,
                _ => false,
            },
        }
    }

    fn in_confirm(code: u8, value: &[u8]) -> bool {
        match code {
            0xC0 => matches!(value, [7..=16]),
            0xF0 => (1..=4).contains(&value.len()) && value.iter().any(|octet| *octet != 0),
            0xC1 | 0xC2 => true,
            0xC4 => value == [1],
            0xC6 => value.len() == 1,
            0x89 => [12, 24].contains(&value.len()),
            0x86 => value.len() == 3,
            0x87 => value.len() == 2,
            0x88 => value.len() == 8,
            _ => false,
        }
    }

    fn in_request(code: u8, value: &[u8]) -> bool {
        let known = [0xC0, 0xF0, 0xC1, 0xC2, 0xC4, 0xC6, 0x89, 0x86, 0x87, 0x88];
        !known.contains(&code) || in_confirm(code, value)
    }
}

/// A TPDU that owns what it borrows.
#[derive(Clone, Debug)]
struct Owned {
    parts: Vec<Vec<u8>>,
    shape: Shape,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Request(ConnectRequest<'static>),
    Confirm(ConnectConfirm<'static>),
    Release(DisconnectRequest<'static>),
    Released(DisconnectConfirm),
    Data(DataHeader),
    Error(ErrorTpdu<'static>),
}

impl Owned {
    fn tpdu(&self) -> Tpdu<'_> {
        let part = |place: usize| &self.parts[place][..];
        let known = |parameters: Parameters<'static>| Parameters {
            calling: parameters.calling.map(|_| part(1)),
            called: parameters.called.map(|_| part(2)),
            ..parameters
        };
        match self.shape {
            Shape::Request(request) => Tpdu::ConnectRequest(ConnectRequest {
                parameters: known(request.parameters),
                user_data: part(0),
                ..request
            }),
            Shape::Confirm(confirm) => Tpdu::ConnectConfirm(ConnectConfirm {
                parameters: known(confirm.parameters),
                user_data: part(0),
                ..confirm
            }),
            Shape::Release(release) => Tpdu::DisconnectRequest(DisconnectRequest {
                additional: release.additional.map(|_| part(1)),
                user_data: part(0),
                ..release
            }),
            Shape::Released(released) => Tpdu::DisconnectConfirm(released),
            Shape::Data(header) => Tpdu::Data(Data {
                header,
                user_data: part(0),
            }),
            Shape::Error(error) => Tpdu::Error(ErrorTpdu {
                rejected: error.rejected.map(|_| part(1)),
                ..error
            }),
        }
    }
}

fn wish() -> impl Strategy<Value = Wish<Rate>> {
    any::<(u32, u32)>().prop_map(|(target, limit)| Wish {
        target: Rate::clamped(target),
        limit: Rate::clamped(limit),
    })
}

fn directions<T: Copy + std::fmt::Debug>(
    wish: impl Strategy<Value = Wish<T>> + Clone,
) -> impl Strategy<Value = Directions<T>> {
    (wish.clone(), wish).prop_map(|(to_called, to_calling)| Directions {
        to_called,
        to_calling,
    })
}

fn quality() -> impl Strategy<Value = Quality> {
    let wish = || wish().boxed();
    let throughput = (directions(wish()), option::of(directions(wish())))
        .prop_map(|(maximum, average)| Throughput { maximum, average });
    let delay = any::<(u16, u16)>().prop_map(|(target, limit)| Wish { target, limit });
    (
        option::of(throughput),
        option::of(any::<[u8; 3]>()),
        any::<Option<u16>>(),
        option::of(directions(delay.boxed())),
    )
        .prop_map(|(throughput, rate, priority, transit_delay)| Quality {
            throughput,
            residual_error: rate.map(|[target, minimum, tsdu_size]| ResidualError {
                target,
                minimum,
                tsdu_size,
            }),
            priority,
            transit_delay,
        })
}

/// What a CR and a CC may both have; selectors are there, but empty.
fn parameters() -> impl Strategy<Value = Parameters<'static>> {
    (
        option::of(7..=16_u8),
        any::<Option<NonZeroU32>>(),
        any::<(bool, bool, bool)>(),
        any::<Option<u8>>(),
        quality(),
    )
        .prop_map(
            |(size, preferred_size, (calling, called, version_1), options, quality)| Parameters {
                size: size.and_then(SizeLogarithm::new),
                preferred_size,
                calling: calling.then_some(&[]),
                called: called.then_some(&[]),
                version_1,
                options,
                alternatives: None,
                quality,
            },
        )
}

fn classes() -> impl Strategy<Value = Classes> {
    vec(any::<u8>(), 0..4)
        .prop_map(|octets| octets.into_iter().fold(Classes::NONE, Classes::with_octet))
}

/// Any TPDU that can be sent, without being shortened.
fn tpdu() -> impl Strategy<Value = Owned> {
    let selectors = || (vec(any::<u8>(), 0..60), vec(any::<u8>(), 0..60));
    let request = (
        1..=u16::MAX,
        any::<u8>(),
        parameters(),
        option::of(classes()),
    )
        .prop_map(|(source, class, parameters, alternatives)| {
            Shape::Request(ConnectRequest {
                source,
                class: ClassOctet(class),
                parameters: Parameters {
                    alternatives,
                    ..parameters
                },
                user_data: &[],
            })
        });
    let confirm = (any::<u16>(), 1..=u16::MAX, any::<u8>(), parameters()).prop_map(
        |(destination, source, class, parameters)| {
            Shape::Confirm(ConnectConfirm {
                destination,
                source,
                class: ClassOctet(class),
                parameters,
                user_data: &[],
            })
        },
    );
    let release = any::<(u16, u16, u8, bool)>().prop_map(|(destination, source, reason, says)| {
        Shape::Release(DisconnectRequest {
            destination,
            source,
            reason: Reason(reason),
            additional: says.then_some(&[]),
            user_data: &[],
        })
    });
    let released = any::<(u16, u16)>().prop_map(|(destination, source)| {
        Shape::Released(DisconnectConfirm {
            destination,
            source,
        })
    });
    let data = any::<(Option<u16>, bool)>().prop_map(|(reference, ends_record)| {
        Shape::Data(DataHeader {
            reference,
            ends_record,
        })
    });
    let error = any::<(u16, u8, bool)>().prop_map(|(destination, cause, quotes)| {
        Shape::Error(ErrorTpdu {
            destination,
            cause: Cause(cause),
            rejected: quotes.then_some(&[]),
        })
    });
    let owned = |shape, most| {
        (shape, vec(any::<u8>(), 0..=most), selectors())
            .prop_map(|(shape, data, (first, second))| Owned {
                parts: vec![data, first, second],
                shape,
            })
            .boxed()
    };
    prop_oneof![
        owned(request.boxed(), 32).prop_filter("fits a CR", |made| {
            let mut buffer = [0; 512];
            let Tpdu::ConnectRequest(request) = made.tpdu() else {
                return false;
            };
            let bare = ConnectRequest {
                parameters: Parameters {
                    quality: Quality::default(),
                    ..request.parameters
                },
                ..request
            };
            let length = bare.encode(&mut buffer);
            length.is_ok_and(|length| {
                length + request.parameters.quality.encoded_length() <= 4 + MAX_CR
            })
        }),
        owned(confirm.boxed(), 32),
        owned(release.boxed(), 64),
        owned(released.boxed(), 0),
        owned(data.boxed(), 600),
        owned(error.boxed(), 0),
    ]
}

fn encoded(tpdu: &Tpdu<'_>) -> Vec<u8> {
    let mut buffer = vec![0; 70_000];
    let length = tpdu.encode(&mut buffer).expect("a TPDU that can be sent");
    buffer.truncate(length);
    buffer
}

/// Octets that are nearly a stream of TPDUs: some TPDUs, with some octets changed.
fn nearly_a_stream() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), any::<u8>()), 0..4);
    (vec(tpdu(), 0..4), changes).prop_map(|(tpdus, changes)| {
        let mut stream: Vec<u8> = tpdus
            .iter()
            .flat_map(|made| encoded(&made.tpdu()))
            .collect();
        for (place, octet) in changes {
            if !stream.is_empty() {
                let place = place.index(stream.len());
                stream[place] = octet;
            }
        }
        stream
    })
}

/// What a decoder makes of a stream in pieces of these sizes, with the pieces of data put together.
fn read(stream: &[u8], sizes: &[usize]) -> (Vec<String>, Vec<u8>, Option<DecodeError>) {
    let mut decoder = Decoder::new();
    let (mut rest, mut sizes) = (stream, sizes.iter().cycle());
    let (mut control, mut data) = (Vec::new(), Vec::new());
    let mut arrived = 0;
    while !rest.is_empty() {
        let size = sizes
            .next()
            .map_or(rest.len(), |size| *size)
            .min(rest.len());
        let (mut piece, more) = rest.split_at(size);
        rest = more;
        arrived += size;
        loop {
            match decoder.next(&mut piece) {
                Ok(None) => break,
                Ok(Some(Event::Control(tpdu))) => control.push(format!("{tpdu:?}")),
                Ok(Some(Event::Data(piece))) => {
                    data.extend_from_slice(piece.data);
                    if piece.ends_record {
                        control.push(format!("record of {:?}", piece.reference));
                    }
                }
                Err(error) => return (control, data, Some(error)),
            }
            assert!(decoder.allocated() <= arrived.min(LONGEST_CONTROL));
        }
        assert!(piece.is_empty(), "all is taken");
    }
    (control, data, None)
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: ProptestConfig::default().cases.max(500), // PROPTEST_CASES raises it
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_sent_comes_back(made in tpdu()) {
        let tpdu = made.tpdu();
        let packet = encoded(&tpdu);
        prop_assert_eq!(Tpdu::decode(&packet[4..]), Ok(tpdu));
    }

    #[test]
    fn what_is_sent_means_the_same_to_a_second_reader(made in tpdu()) {
        let tpdu = made.tpdu();
        let packet = encoded(&tpdu);
        prop_assert_eq!(usize::from(packet[2]) * 256 + usize::from(packet[3]), packet.len());
        prop_assert!(naive::allows(&packet[4..]));
        let read = naive::split(&packet[4..]).expect("a TPDU");
        let value = |code| {
            let found = read.parameters.iter().find(|(name, _)| *name == code);
            found.map(|(_, value)| &value[..])
        };
        match tpdu {
            Tpdu::ConnectRequest(ConnectRequest { parameters, user_data, class, .. })
            | Tpdu::ConnectConfirm(ConnectConfirm { parameters, user_data, class, .. }) => {
                prop_assert_eq!(&read.user_data, user_data);
                prop_assert_eq!(read.fixed[4], class.0);
                prop_assert_eq!(value(0xC1), parameters.calling);
                prop_assert_eq!(value(0xC2), parameters.called);
                prop_assert_eq!(value(0xC6).map(|value| value[0]), parameters.options);
                prop_assert_eq!(value(0x87).is_some(), parameters.quality.priority.is_some());
                let units = value(0xF0).map(|value| value.iter().fold(0, |units, octet| units * 256 + u64::from(*octet)));
                prop_assert_eq!(units, parameters.preferred_size.map(|units| u64::from(units.get())));
                let peak = value(0x89).map(|value| {
                    u32::from(value[0]) * 65_536 + u32::from(value[1]) * 256 + u32::from(value[2])
                });
                let target = parameters.quality.throughput.map(|throughput| {
                    throughput.maximum.to_called.target.octets_a_second()
                });
                prop_assert_eq!(peak, target);
            }
            Tpdu::DisconnectRequest(release) => {
                prop_assert_eq!(&read.user_data, release.user_data);
                prop_assert_eq!(value(0xE0), release.additional);
                prop_assert_eq!(read.fixed[4], release.reason.0);
            }
            Tpdu::Data(data) => prop_assert_eq!(&read.user_data, data.user_data),
            Tpdu::Error(error) => prop_assert_eq!(value(0xC1), error.rejected),
            Tpdu::DisconnectConfirm(released) => {
                prop_assert_eq!(u16::from_be_bytes([read.fixed[0], read.fixed[1]]), released.destination);
            }
        }
    }

    #[test]
    fn both_readers_accept_the_same(stream in nearly_a_stream(), cut in any::<Index>()) {
        let tpdu = stream.get(4..).unwrap_or(&[]);
        let tpdu = &tpdu[..cut.index(tpdu.len() + 1)];
        prop_assert_eq!(Tpdu::decode(tpdu).is_ok(), tpdu.len() >= 3 && naive::allows(tpdu));
    }

    #[test]
    fn any_octets_do_no_harm(octets in vec(any::<u8>(), 0..300)) {
        match Tpdu::decode(&octets) {
            Ok(_) => prop_assert!(naive::allows(&octets)),
            Err(malformed) => prop_assert!(malformed.at < octets.len().max(1)),
        }
        let mut stream = vec![3, 0, 1, 2];
        stream.extend_from_slice(&octets);
        prop_assert_eq!(read(&stream, &[]), read(&stream, &[1]));
    }

    #[test]
    fn a_stream_means_the_same_in_pieces(
        stream in nearly_a_stream(),
        sizes in vec(1..40_usize, 1..8),
    ) {
        prop_assert_eq!(read(&stream, &[]), read(&stream, &sizes));
    }

    #[test]
    fn segments_and_packing_lose_nothing(
        data in vec(any::<u8>(), 0..2000),
        (reference, records, ends_record) in any::<(Option<u16>, bool, bool)>(),
        tpdu_size in 128..600_usize,
        room in 20..700_usize,
    ) {
        let outbound = Outbound::new(reference, tpdu_size, records);
        let mut gathered = Vec::new();
        for (prefix, piece) in outbound.segments(&data, ends_record) {
            prop_assert!(prefix.len() - 4 + piece.len() <= tpdu_size);
            gathered.extend_from_slice(&prefix);
            gathered.extend_from_slice(piece);
        }
        let (ends, read_back, error) = read(&gathered, &[]);
        prop_assert_eq!((&read_back, error), (&data, None));
        let segments = data.len().div_ceil(outbound.most_data());
        let expected = match (records, ends_record) {
            (false, _) => segments,
            (true, ends_record) => usize::from(ends_record),
        };
        prop_assert_eq!(ends.len(), expected);

        let (mut packed, mut rest, mut buffer) = (Vec::new(), &data[..], vec![0; room]);
        while !rest.is_empty() {
            let (taken, used) = outbound.pack(rest, ends_record, &mut buffer);
            prop_assert!(taken > 0);
            packed.extend_from_slice(&buffer[..used]);
            rest = &rest[taken..];
        }
        let (ends, read_back, error) = read(&packed, &[]);
        prop_assert_eq!((&read_back, error), (&data, None));
        prop_assert_eq!(ends.is_empty(), data.is_empty() || (records && !ends_record));
        prop_assert!(!records || ends.len() <= 1);

    }

    #[test]
    fn an_answer_to_a_wish_is_between_target_and_limit(
        proposed in quality(),
        supplied in quality(),
    ) {
        let answer = proposed.answered(Some(&supplied));
        prop_assert_eq!(answer.throughput.is_some(), proposed.throughput.is_some());
        if let (Some(answer), Some(asked)) = (answer.throughput, proposed.throughput) {
            let (answer, asked) = (answer.maximum.to_calling, asked.maximum.to_calling);
            prop_assert!(answer.target <= asked.target);
            prop_assert!(answer.target >= asked.limit.min(asked.target));
            prop_assert_eq!(answer.limit, asked.limit);
        }
        if let (Some(answer), Some(asked)) = (answer.transit_delay, proposed.transit_delay) {
            prop_assert!(answer.to_called.target >= asked.to_called.target);
            let longest = asked.to_called.limit.max(asked.to_called.target);
            prop_assert!(answer.to_called.target <= longest);
        }
    }
}
