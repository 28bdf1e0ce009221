//! Where the endings of nets come in: they are put into order and handed over.

use std::ops::Range;

use super::{Control, Ending, FleetProgress, Reason};

/// What a thread has to say of the nets it trains.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) thread: usize,
    /// Nets that have ended.
    pub(super) endings: Vec<Ending>,
    /// Epochs done since it last said something.
    pub(super) epochs: u64,
    /// Nets that it still trains.
    pub(super) nets: u64,
    /// The epoch that these are at.
    pub(super) epoch: u64,
}

/// What is wanted of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Every ending.
    All,
    /// The first solved net of a block: the one with the fewest epochs.
    Quickest,
    /// Any solved net: the one that is known first.
    Any,
}

/// The endings of a block of restarts.
pub(super) struct Desk<'d> {
    wanted: Wanted,
    first: u64,
    /// How many restarts the block has, and a group of it.
    nets: u64,
    group: u64,
    /// By restart, from the first of the block.
    ended: Vec<Option<Ending>>,
    /// How many were handed over.
    handed: usize,
    /// By thread, the nets it trains and the epoch these are at.
    under_way: Vec<(u64, u64)>,
    /// The solved net with the fewest epochs; of equals the first restart.
    quickest: Option<Ending>,
    progress: &'d mut FleetProgress,
    each: &'d mut dyn FnMut(&[Ending], &FleetProgress) -> Control,
}

impl<'d> Desk<'d> {
    pub(super) fn new(
        wanted: Wanted,
        (block, group): (&Range<u64>, u64),
        progress: &'d mut FleetProgress,
        each: &'d mut dyn FnMut(&[Ending], &FleetProgress) -> Control,
    ) -> Desk<'d> {
        let (first, nets) = (block.start, block.end - block.start);
        let (ended, under_way) = (Vec::new(), Vec::new());
        Desk { wanted, first, nets, group, ended, handed: 0, under_way, quickest: None, progress, each }
    }

    /// Takes note of news, and hands over the groups that are complete up to some restart.
    pub(super) fn take(&mut self, news: &News) -> Control {
        self.progress.net_epochs += news.epochs;
        *place(&mut self.under_way, news.thread) = (news.nets, news.epoch);
        for ending in &news.endings {
            let solved = ending.reason == Reason::Solved;
            self.progress.waiting += 1;
            self.progress.waiting_solved += u64::from(solved);
            let rank = |e: &Ending| (e.epochs, e.restart);
            if solved && self.quickest.is_none_or(|quickest| rank(ending) < rank(&quickest)) {
                self.quickest = Some(*ending);
            }
            *place(&mut self.ended, (ending.restart - self.first) as usize) = Some(*ending);
        }
        if self.found().is_some() {
            self.look();
            return Control::Stop;
        }
        let complete = self.progress.waiting + self.handed as u64 == self.nets;
        // In search of one solved net, the others count where none of a block is.
        if self.wanted == Wanted::All || complete { self.hand_over() } else { self.look() }
    }

    fn hand_over(&mut self) -> Control {
        let ended = self.ended.iter().take_while(|ending| ending.is_some()).count() as u64;
        // Within a group the quick nets end first: those before the first slow one would not be a fair sample.
        let whole = if ended == self.nets { ended } else { ended / self.group.max(1) * self.group };
        let ready: Vec<Ending> =
            self.ended.iter().take(whole as usize).skip(self.handed).flatten().copied().collect();
        if ready.is_empty() {
            return self.look();
        }
        self.handed += ready.len();
        self.progress.ended += ready.len() as u64;
        self.progress.waiting -= ready.len() as u64;
        self.progress.waiting_solved -= ready.iter().filter(|e| e.reason == Reason::Solved).count() as u64;
        self.tell(&ready)
    }

    /// Lets the caller look at a clock.
    pub(super) fn look(&mut self) -> Control {
        self.tell(&[])
    }

    fn tell(&mut self, ready: &[Ending]) -> Control {
        self.progress.under_way = self.under_way.iter().map(|(nets, _)| nets).sum();
        let busy = self.under_way.iter().filter(|(nets, _)| *nets > 0);
        self.progress.epoch = busy.map(|(_, epoch)| *epoch).max().unwrap_or(0);
        (self.each)(ready, self.progress)
    }

    /// The solved net that was wanted, once no other can come before it.
    pub(super) fn found(&self) -> Option<Ending> {
        let quickest = self.quickest?;
        match self.wanted {
            Wanted::All => None,
            Wanted::Any => Some(quickest),
            Wanted::Quickest => {
                let beyond = self.under_way.iter().filter(|(_, epoch)| *epoch >= quickest.epochs);
                let nets: u64 = beyond.map(|(nets, _)| nets).sum();
                let known = nets + self.progress.waiting + self.handed as u64;
                (known == self.nets).then_some(quickest)
            }
        }
    }
}

/// A place in a list, which is made as long as that needs.
fn place<V: Clone + Default>(list: &mut Vec<V>, index: usize) -> &mut V {
    if list.len() <= index {
        list.resize(index + 1, V::default());
    }
    &mut list[index]
}
