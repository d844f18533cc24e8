use std::ops::Deref;

use super::Surroundings;

/// What a component sees while it detects.
pub struct DetectCx<'a> {
    around: &'a Surroundings,
}

impl<'a> DetectCx<'a> {
    pub(crate) fn new(around: &'a Surroundings) -> Self {
        Self { around }
    }
}

impl Deref for DetectCx<'_> {
    type Target = Surroundings;

    fn deref(&self) -> &Surroundings {
        self.around
    }
}
