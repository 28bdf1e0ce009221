//! Probe.
#[path = "seeds/command.rs"]
mod command;
use command::*;
#[test]
fn probe() {
    let mut names: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for n in names {
        if n.ends_with(".model") || n.ends_with(".gradient") {
            for l in read(&n).lines().filter(|l| l.starts_with("# whygrad")) {
                let c = Command::parse(&l[2..]);
                let t = std::time::Instant::now();
                let r = std::panic::catch_unwind(|| { let p = c.prepare(); let r = p.run(); println!("OK {n} {} | {} | loss {:?} epoch {} theta {:?} {:?} msgs {:?}", p.model.describe(), l.len(), r.loss, r.epoch, &r.theta[..r.theta.len().min(9)], t.elapsed(), p.model.messages.iter().map(|m|m.message.clone()).collect::<Vec<_>>()); });
                if r.is_err() { println!("FAILED {n} {l}"); }
            }
        }
    }
}
