//! What a JVM divides its memory into, and what is left for the heap (paketo-buildpacks/libjvm, `calc`).

use super::size::{GIB, KIB, MIB, Size};

const DIRECT: &str = "-XX:MaxDirectMemorySize=";
const HEAP: &str = "-Xmx";
const METASPACE: &str = "-XX:MaxMetaspaceSize=";
const CODE_CACHE: &str = "-XX:ReservedCodeCacheSize=";
const STACK: &str = "-Xss";

/// What a heap must have for an application to be worth starting.
pub const USEFUL_HEAP: i64 = 8 * MIB;

/// The least that the reduced regions get (paketo-buildpacks/rfcs, `java/0007`).
const LEAST_STACK: i64 = 256 * KIB;
const LEAST_THREADS: i64 = 30;
const LEAST_CODE_CACHE: i64 = 2496 * KIB;

/// A number, and whether the user said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    pub value: i64,
    pub by_user: bool,
}

impl Amount {
    pub fn default(value: i64) -> Self {
        Self { value, by_user: false }
    }

    pub fn user(value: i64) -> Self {
        Self { value, by_user: true }
    }

    /// Less of it, when nobody asked for exactly this.
    fn scaled(self, share: f64, least: i64) -> Self {
        if self.by_user {
            return self;
        }
        let scaled = truncate(float(self.value) * share).max(least);
        Self::default(scaled.min(self.value))
    }
}

/// The regions of one JVM, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regions {
    pub total: Size,
    pub headroom_percent: i64,
    pub direct: Amount,
    /// None when it is what is left.
    pub heap: Option<i64>,
    pub metaspace: Amount,
    pub code_cache: Amount,
    pub stack: Amount,
    pub threads: Amount,
}

impl Regions {
    /// The defaults with what the flags say, of which the last counts.
    pub fn new(total: Size, headroom_percent: i64, threads: Amount, classes: i64, flags: &[String]) -> Self {
        let said = |start| flags.iter().filter_map(|flag| Size::parse(flag.strip_prefix(start)?)).next_back();
        let amount = |start, default| said(start).map_or(Amount::default(default), |size| Amount::user(size.0));
        Self {
            total,
            headroom_percent,
            direct: amount(DIRECT, 10 * MIB),
            heap: said(HEAP).map(|size| size.0),
            metaspace: amount(METASPACE, classes.saturating_mul(5_800).saturating_add(14_000_000)),
            code_cache: amount(CODE_CACHE, 240 * MIB),
            stack: amount(STACK, MIB),
            threads,
        }
    }

    /// The regions of a container below 1 GiB: those that nobody set shrink with it.
    pub fn reduced(&self) -> Self {
        let share = (float(self.total.0) / float(GIB)).min(1.0);
        let stack = self.stack.scaled(share, LEAST_STACK);
        Self {
            code_cache: self.code_cache.scaled(share, LEAST_CODE_CACHE),
            stack: Amount { value: stack.value / KIB * KIB, ..stack },
            threads: self.threads.scaled(share, LEAST_THREADS),
            ..self.clone()
        }
    }

    /// Everything but heap and headroom.
    pub fn fixed(&self) -> i64 {
        let stacks = self.stack.value.saturating_mul(self.threads.value);
        let others = [self.direct.value, self.metaspace.value, self.code_cache.value];
        others.iter().fold(stacks, |sum, value| sum.saturating_add(*value))
    }

    fn headroom(&self) -> i64 {
        truncate(float(self.headroom_percent) / 100.0 * float(self.total.0))
    }

    /// Everything but the heap.
    pub fn non_heap(&self) -> i64 {
        self.fixed().saturating_add(self.headroom())
    }

    /// The heap, or which sum is larger than the memory.
    pub fn heap(&self) -> Result<i64, String> {
        let too_much = |what: &str, sum: i64, parts: String| {
            let (sum, total) = (Size(sum), self.total);
            Err(format!(
                "{what} memory regions require {sum} which is greater than {total} available for allocation: {parts}"
            ))
        };
        let fixed = format!(
            "{DIRECT}{}, {METASPACE}{}, {CODE_CACHE}{}, {STACK}{} * {} threads",
            Size(self.direct.value),
            Size(self.metaspace.value),
            Size(self.code_cache.value),
            Size(self.stack.value),
            self.threads.value
        );
        let non_heap = format!("{} headroom, {fixed}", Size(self.headroom()));
        if self.fixed() > self.total.0 {
            return too_much("fixed", self.fixed(), fixed);
        }
        if self.non_heap() > self.total.0 {
            return too_much("non-heap", self.non_heap(), non_heap);
        }
        let heap = self.heap.unwrap_or(self.total.0.saturating_sub(self.non_heap()));
        let all = self.non_heap().saturating_add(heap);
        if all > self.total.0 {
            return too_much("all", all, format!("{HEAP}{}, {non_heap}", Size(heap)));
        }
        Ok(heap)
    }

    /// The flags that the user did not set, in Paketo's order.
    pub fn flags(&self, heap: i64) -> Vec<String> {
        let left = |start: &str, amount: Amount| (!amount.by_user).then(|| format!("{start}{}", Size(amount.value)));
        let heap = self.heap.map_or(Amount::default(heap), Amount::user);
        let all = [
            left(DIRECT, self.direct),
            left(HEAP, heap),
            left(METASPACE, self.metaspace),
            left(CODE_CACHE, self.code_cache),
            left(STACK, self.stack),
        ];
        all.into_iter().flatten().collect()
    }

    /// What became less, for people.
    pub fn less_than(&self, usual: &Self) -> Vec<String> {
        let mut less = Vec::new();
        for (name, now, before) in [(CODE_CACHE, self.code_cache, usual.code_cache), (STACK, self.stack, usual.stack)] {
            if now != before {
                less.push(format!("{name}{} instead of {}", Size(now.value), Size(before.value)));
            }
        }
        if self.threads != usual.threads {
            less.push(format!("memory for {} threads instead of {}", self.threads.value, usual.threads.value));
        }
        less
    }
}

#[allow(clippy::cast_precision_loss, reason = "the formula is in floating point")]
pub fn float(value: i64) -> f64 {
    value as f64
}

#[allow(clippy::cast_possible_truncation, reason = "the formula cuts off")]
pub fn truncate(value: f64) -> i64 {
    value as i64
}
