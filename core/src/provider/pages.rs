//! Tables in pages that are made when they are first used.

use std::sync::OnceLock;

/// So many places are in a page.
pub(super) const PAGE: usize = 256;

pub(super) type Page<P> = OnceLock<Box<[P; PAGE]>>;

/// A table that grows by whole pages and never moves or frees one.
#[derive(Debug)]
pub(super) struct Pages<P: 'static>(&'static [Page<P>]);

impl<P> Clone for Pages<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Pages<P> {}

impl<P: Default> Pages<P> {
    pub(super) const fn of(pages: &'static [Page<P>]) -> Self {
        Self(pages)
    }

    /// Pages on the heap, for as long as the process lives.
    pub(super) fn new(count: usize) -> Self {
        let pages: Vec<Page<P>> = (0..count).map(|_| OnceLock::new()).collect();
        Self(pages.leak())
    }

    pub(super) fn place(&self, index: usize) -> Option<&'static P> {
        Some(&self.0.get(index / PAGE)?.get()?[index % PAGE])
    }

    pub(super) fn place_or_new(&self, index: usize) -> Option<&'static P> {
        self.place(index).or_else(|| self.new_place(index))
    }

    /// The first place of a page that is needed.
    #[cold]
    fn new_place(&self, index: usize) -> Option<&'static P> {
        let new_page = || {
            // Made where it will stay: it is too large for the stack of some threads.
            let places: Box<[P]> = (0..PAGE).map(|_| P::default()).collect();
            let page: Result<Box<[P; PAGE]>, _> = places.try_into();
            page.unwrap_or_else(|_| unreachable!("it has the length of a page"))
        };
        Some(&self.0.get(index / PAGE)?.get_or_init(new_page)[index % PAGE])
    }

    /// Every place that may be in use.
    pub(super) fn used(&self) -> impl Iterator<Item = &'static P> {
        self.0
            .iter()
            .filter_map(OnceLock::get)
            .flat_map(|page| page.iter())
    }
}
