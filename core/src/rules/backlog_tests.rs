//! The backlog by example, and against a second, naive model.

use proptest::{collection::vec, prelude::*};

use super::*;

fn taken<R>(backlog: &mut Backlog<R>) -> RequestId {
    match backlog.take() {
        Head::Taken(id) => id,
        other => panic!("expected a request, got {other:?}"),
    }
}

fn filled(names: &[char]) -> (Backlog<char>, Vec<RequestId>) {
    let mut backlog = Backlog::new(names.len());
    let ids = names
        .iter()
        .map(|name| backlog.push(*name).unwrap())
        .collect();
    (backlog, ids)
}

// ---- the argument of listen

#[test]
fn effective_backlog() {
    assert_eq!(effective(5, 100), 5);
    assert_eq!(effective(0, 100), 1);
    assert_eq!(effective(500, 100), 100);
    assert_eq!(effective(i32::MAX, 100), 100);
    assert_eq!(effective(-1, 100_000), 200);
    assert_eq!(effective(-300, 100_000), 300);
    assert_eq!(effective(i32::MIN, 100_000), 65535);
    assert_eq!(effective(7, 0), 1);
}

// ---- order and limit

#[test]
fn requests_are_taken_in_order_of_arrival() {
    let (mut backlog, _) = filled(&['a', 'b', 'c']);
    for name in ['a', 'b', 'c'] {
        let id = taken(&mut backlog);
        assert_eq!(backlog.decide(id), Ok(name));
    }
    assert_eq!(backlog.take(), Head::Empty);
}

#[test]
fn a_full_queue_gives_the_request_back() {
    let (mut backlog, _) = filled(&['a', 'b']);
    assert_eq!(backlog.push('c'), Err('c'));
    let id = taken(&mut backlog);
    assert_eq!(backlog.push('c'), Err('c'), "being decided still counts");
    backlog.put_back(id, true).unwrap();
    assert_eq!(backlog.push('c'), Err('c'), "deferred still counts");
    let id = taken(&mut backlog);
    backlog.decide(id).unwrap();
    assert!(backlog.push('c').is_ok());
}

#[test]
fn a_smaller_limit_drops_the_newest() {
    let (mut backlog, _) = filled(&['a', 'b', 'c', 'd']);
    assert_eq!(backlog.set_limit(2), vec!['d', 'c']);
    assert_eq!(backlog.len(), 2);
    let id = taken(&mut backlog);
    backlog.push('e').unwrap_err();
    assert_eq!(backlog.set_limit(1), vec!['b']);
    assert_eq!(
        backlog.set_limit(0),
        Vec::<char>::new(),
        "what is being decided stays"
    );
    assert_eq!(backlog.decide(id), Ok('a'));
}

// ---- deferral

#[test]
fn a_deferred_request_stays_at_the_head_and_silences_the_queue() {
    let (mut backlog, _) = filled(&['a', 'b']);
    assert!(backlog.indicates());
    let id = taken(&mut backlog);
    assert!(
        !backlog.indicates(),
        "silent while the head is being decided"
    );
    backlog.put_back(id, true).unwrap();
    assert!(!backlog.indicates());
    assert!(backlog.is_deferred());
    assert_eq!(taken(&mut backlog), id);
    assert_eq!(backlog.decide(id), Ok('a'));
    assert!(backlog.indicates());
}

#[test]
fn an_invalid_answer_keeps_the_request_and_indicates_again() {
    let (mut backlog, _) = filled(&['a']);
    let id = taken(&mut backlog);
    backlog.put_back(id, false).unwrap();
    assert!(backlog.indicates());
    assert_eq!(taken(&mut backlog), id);
}

#[test]
fn one_request_is_decided_by_one_call() {
    let (mut backlog, _) = filled(&['a', 'b']);
    let id = taken(&mut backlog);
    assert_eq!(backlog.take(), Head::Busy);
    backlog.decide(id).unwrap();
    assert_eq!(backlog.decide(id), Err(Gone::Withdrawn), "not twice");
    assert_eq!(backlog.put_back(id, true), Err(Gone::Withdrawn));
}

// ---- withdrawal

#[test]
fn a_request_nobody_has_seen_vanishes() {
    let (mut backlog, ids) = filled(&['a', 'b', 'c']);
    assert_eq!(backlog.withdraw(ids[0], Gone::Withdrawn), Some('a'));
    assert_eq!(
        backlog.withdraw(ids[1], Gone::Reset),
        Some('b').filter(|_| true)
    );
    assert_eq!(backlog.len(), 1);
}

#[test]
fn the_reset_of_the_head_is_reported_once_and_of_others_never() {
    let (mut backlog, ids) = filled(&['a', 'b', 'c']);
    backlog.withdraw(ids[1], Gone::Reset);
    assert_eq!(taken(&mut backlog), ids[0]);
    backlog.decide(ids[0]).unwrap();
    backlog.withdraw(ids[2], Gone::Reset);
    assert!(backlog.indicates());
    assert_eq!(backlog.take(), Head::Gone(Gone::Reset));
    assert_eq!(backlog.take(), Head::Empty);
}

#[test]
fn the_withdrawal_of_a_deferred_head_is_reported_once_and_ends_the_silence() {
    let (mut backlog, ids) = filled(&['a', 'b']);
    let id = taken(&mut backlog);
    backlog.put_back(id, true).unwrap();
    backlog.withdraw(id, Gone::Withdrawn);
    assert!(backlog.indicates());
    assert!(!backlog.is_deferred());
    assert_eq!(backlog.take(), Head::Gone(Gone::Withdrawn));
    assert_eq!(taken(&mut backlog), ids[1]);
}

#[test]
fn a_withdrawal_while_deciding_voids_every_answer() {
    for why in [Gone::Withdrawn, Gone::Reset] {
        let (mut backlog, ids) = filled(&['a', 'b']);
        let id = taken(&mut backlog);
        assert_eq!(backlog.withdraw(id, why), Some('a'));
        assert_eq!(backlog.len(), 1, "the slot is free at once");
        assert_eq!(backlog.decide(id), Err(why));
        assert_eq!(taken(&mut backlog), ids[1]);
        backlog.withdraw(ids[1], why);
        assert_eq!(backlog.put_back(ids[1], true), Err(why));
        assert_eq!(backlog.take(), Head::Empty);
    }
}

// ---- requests handed out as values

#[test]
fn requests_that_are_out_are_decided_in_any_order_and_keep_their_slots() {
    let (mut backlog, ids) = filled(&['a', 'b', 'c']);
    assert_eq!(backlog.hand_out(2), Some(ids[0]));
    assert_eq!(backlog.hand_out(2), Some(ids[1]));
    assert_eq!(backlog.hand_out(2), None, "the number out is capped");
    assert!(backlog.is_full());
    assert_eq!(backlog.decide(ids[1]), Ok('b'));
    assert_eq!(backlog.hand_out(2), Some(ids[2]));
    backlog.withdraw(ids[0], Gone::Withdrawn);
    assert_eq!(backlog.decide(ids[0]), Err(Gone::Withdrawn));
    assert_eq!(backlog.decide(ids[2]), Ok('c'));
    assert!(backlog.is_empty());
}

#[test]
fn a_deferred_head_is_not_handed_out() {
    let (mut backlog, _) = filled(&['a', 'b']);
    let id = taken(&mut backlog);
    backlog.put_back(id, true).unwrap();
    assert_eq!(backlog.hand_out(9), None);
}

#[test]
fn closing_takes_everything_and_voids_what_is_being_decided() {
    let (mut backlog, ids) = filled(&['a', 'b', 'c']);
    backlog.hand_out(1);
    let id = taken(&mut backlog);
    assert_eq!(backlog.drain(), vec!['a', 'b', 'c']);
    assert_eq!(backlog.decide(id), Err(Gone::Withdrawn));
    assert_eq!(backlog.decide(ids[0]), Err(Gone::Withdrawn));
    assert!(backlog.is_empty());
    assert_eq!(backlog.take(), Head::Empty);
}

// ---- the naive model: a vector of requests with flags

#[derive(Clone, Debug)]
enum Step {
    Push,
    Take,
    Decide,
    PutBack(bool),
    Withdraw(usize, bool),
    SetLimit(usize),
    HandOut,
    DecideOut(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Push),
        3 => Just(Step::Take),
        2 => Just(Step::Decide),
        2 => any::<bool>().prop_map(Step::PutBack),
        2 => (0usize..8, any::<bool>()).prop_map(|(n, reset)| Step::Withdraw(n, reset)),
        1 => (1usize..6).prop_map(Step::SetLimit),
        1 => Just(Step::HandOut),
        1 => (0usize..4).prop_map(Step::DecideOut),
    ]
}

#[derive(Default)]
struct Model {
    queue: Vec<u32>,
    out: Vec<u32>,
    /// Withdrawn while they were out.
    void: Vec<(u32, Gone)>,
    deciding: Option<(u32, Option<Gone>)>,
    offered: Option<u32>,
    deferred: bool,
    report: Option<Gone>,
    limit: usize,
}

impl Model {
    fn undecided(&self) -> usize {
        self.queue.len() + self.out.len() + usize::from(matches!(self.deciding, Some((_, None))))
    }

    fn withdraw(&mut self, name: u32, why: Gone) {
        if let Some(place) = self.out.iter().position(|other| *other == name) {
            self.out.remove(place);
            self.void.push((name, why));
        } else if self.deciding == Some((name, None)) {
            self.deciding = Some((name, Some(why)));
        } else if let Some(place) = self.queue.iter().position(|other| *other == name) {
            let busy = self.deciding.is_some_and(|(_, gone)| gone.is_none());
            let head = place == 0 && !busy;
            if self.offered == Some(name) || (head && why == Gone::Reset) {
                self.report.get_or_insert(why);
            }
            if head {
                self.deferred = false;
            }
            self.queue.remove(place);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(500), // PROPTEST_CASES raises it
        ..ProptestConfig::default()
    })]

    #[test]
    fn agrees_with_the_naive_model(steps in vec(step(), 1..60)) {
        let mut backlog = Backlog::new(4);
        let mut model = Model { limit: 4, ..Model::default() };
        let mut ids: Vec<RequestId> = Vec::new();
        let mut taken: Option<(u32, RequestId)> = None;
        for step in steps {
            match step {
                Step::Push => {
                    let name = u32::try_from(ids.len()).unwrap();
                    let pushed = backlog.push(name);
                    prop_assert_eq!(pushed.is_ok(), model.undecided() < model.limit);
                    if let Ok(id) = pushed {
                        ids.push(id);
                        model.queue.push(name);
                    }
                }
                Step::Take if taken.is_none() => {
                    let expected = model.report.take();
                    match backlog.take() {
                        Head::Gone(gone) => prop_assert_eq!(Some(gone), expected),
                        Head::Empty => prop_assert!(model.queue.is_empty() && expected.is_none()),
                        Head::Taken(id) => {
                            prop_assert_eq!(expected, None);
                            let name = model.queue.remove(0);
                            prop_assert_eq!(backlog.get(id), Some(&name));
                            model.deciding = Some((name, None));
                            model.deferred = false;
                            taken = Some((name, id));
                        }
                        Head::Busy => prop_assert!(false, "nobody is deciding"),
                    }
                }
                Step::Take => if matches!(model.deciding, Some((_, None))) && model.report.is_none() {
                    prop_assert_eq!(backlog.take(), Head::Busy);
                },
                Step::Decide => if let Some((name, id)) = taken.take() {
                    let gone = model.deciding.take().and_then(|(_, gone)| gone);
                    prop_assert_eq!(backlog.decide(id), gone.map_or(Ok(name), Err));
                },
                Step::PutBack(deferred) => if let Some((name, id)) = taken.take() {
                    let gone = model.deciding.take().and_then(|(_, gone)| gone);
                    prop_assert_eq!(backlog.put_back(id, deferred), gone.map_or(Ok(()), Err));
                    if gone.is_none() {
                        model.queue.insert(0, name);
                        model.offered = Some(name);
                        model.deferred = deferred;
                    }
                },
                Step::Withdraw(n, reset) => if let Some(id) = ids.get(n) {
                    let why = if reset { Gone::Reset } else { Gone::Withdrawn };
                    backlog.withdraw(*id, why);
                    model.withdraw(u32::try_from(n).unwrap(), why);
                },
                Step::SetLimit(limit) => {
                    model.limit = limit;
                    let mut dropped = Vec::new();
                    while model.undecided() > limit && !model.queue.is_empty() {
                        dropped.extend(model.queue.pop());
                        if model.queue.is_empty() {
                            model.deferred = false;
                        }
                    }
                    prop_assert_eq!(backlog.set_limit(limit), dropped);
                }
                Step::HandOut => {
                    let busy = matches!(model.deciding, Some((_, None)));
                    let may = model.out.len() < 2 && !model.deferred && !busy;
                    let handed = backlog.hand_out(2);
                    prop_assert_eq!(handed.is_some(), may && !model.queue.is_empty());
                    if handed.is_some() {
                        let name = model.queue.remove(0);
                        model.out.push(name);
                    }
                }
                Step::DecideOut(n) => {
                    let (name, expected) = if n < model.out.len() {
                        let name = model.out.remove(n);
                        (name, Ok(name))
                    } else if let Some((name, gone)) = model.void.pop() {
                        (name, Err(gone))
                    } else {
                        continue;
                    };
                    let id = ids[usize::try_from(name).unwrap()];
                    prop_assert_eq!(backlog.decide(id), expected);
                }
            }
            prop_assert_eq!(backlog.len(), model.undecided());
            prop_assert_eq!(backlog.is_full(), model.undecided() >= model.limit);
            prop_assert_eq!(backlog.is_deferred(), model.deferred);
            let busy = matches!(model.deciding, Some((_, None)));
            let free_head = !busy && !model.queue.is_empty();
            prop_assert_eq!(backlog.indicates(), model.report.is_some() || (!model.deferred && free_head));
            prop_assert_eq!(backlog.queued().count(), model.queue.len());
        }
        let mut left = [model.queue, model.out].concat();
        left.extend(model.deciding.and_then(|(name, gone)| gone.is_none().then_some(name)));
        left.sort_unstable();
        prop_assert_eq!(backlog.drain(), left);
    }
}
