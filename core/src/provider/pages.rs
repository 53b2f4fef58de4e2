//! Slots in pages that are made when they are first used.

use std::sync::OnceLock;

use crate::sys::slot::Slot;

/// So many slots are in a page.
pub(super) const PAGE: usize = 256;

/// The tag of a value is its handle plus one.
pub(super) type Page<T> = OnceLock<Box<[Slot<T>]>>;

/// A table of slots that grows by whole pages and never moves or frees one.
#[derive(Debug)]
pub(super) struct Pages<T: 'static>(&'static [Page<T>]);

impl<T> Pages<T> {
    pub(super) const fn of(pages: &'static [Page<T>]) -> Self {
        Self(pages)
    }

    /// Pages on the heap, for as long as the process lives.
    pub(super) fn new(count: usize) -> Self {
        let pages: Vec<Page<T>> = (0..count).map(|_| OnceLock::new()).collect();
        Self(pages.leak())
    }

    pub(super) fn slot(&self, index: usize) -> Option<&'static Slot<T>> {
        let page = self.0.get(index / PAGE)?.get()?;
        page.get(index % PAGE)
    }

    pub(super) fn slot_or_new(&self, index: usize) -> Option<&'static Slot<T>> {
        self.slot(index).or_else(|| self.new_slot(index))
    }

    /// The first slot of a page that is needed.
    #[cold]
    fn new_slot(&self, index: usize) -> Option<&'static Slot<T>> {
        let new_page = || (0..PAGE).map(|_| Slot::empty()).collect();
        let page = self.0.get(index / PAGE)?.get_or_init(new_page);
        page.get(index % PAGE)
    }

    /// Every slot that may be occupied.
    pub(super) fn used(&self) -> impl Iterator<Item = &'static Slot<T>> {
        self.0
            .iter()
            .filter_map(OnceLock::get)
            .flat_map(|page| page.iter())
    }
}
