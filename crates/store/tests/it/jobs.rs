use std::collections::BTreeSet;
use std::sync::Mutex;

use base::UtcSeconds;
use store::jobs::{self, AfterFailure, MAX_ATTEMPTS, NewJob};
use store::{Database, StoreError, outbox};
use testkit::{NOW, on_each_database};

fn later(seconds: i64) -> UtcSeconds {
    UtcSeconds(NOW.0 + seconds)
}

fn add(database: &Database, payload: &str, dedupe_key: Option<&str>) -> Option<i64> {
    let job = NewJob { kind: "sample", payload, run_at: NOW, dedupe_key };
    database.transaction(|tx| jobs::enqueue(tx, &job, NOW)).unwrap()
}

#[test]
fn workers_side_by_side_never_do_one_job_twice() {
    on_each_database(&[], |store| {
        for number in 0..100 {
            add(&store.database, &number.to_string(), None);
        }
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let (database, done) = (store.reopen().unwrap(), &done);
                scope.spawn(move || {
                    while let Some(job) = jobs::claim(&database, &["sample"], &format!("w{worker}"), NOW, 60).unwrap() {
                        done.lock().unwrap().push(job.id);
                        assert!(database.transaction(|tx| jobs::complete(tx, &job, NOW)).unwrap());
                    }
                });
            }
        });
        let done = done.into_inner().unwrap();
        assert_eq!((done.len(), done.iter().collect::<BTreeSet<_>>().len()), (100, 100));
        assert_eq!(store.database.read(jobs::count)?.done, 100);
        Ok(())
    });
}

#[test]
fn a_job_whose_worker_died_is_taken_again_and_the_dead_one_can_not_finish_it() {
    on_each_database(&[], |store| {
        let database = &store.database;
        add(database, "{}", None);
        let first = jobs::claim(database, &["sample"], "a", NOW, 60)?.unwrap();
        assert_eq!(jobs::claim(database, &["sample"], "b", later(60), 60)?, None, "the last second still counts");
        assert!(jobs::renew(database, &first, later(60), 60)?);
        assert_eq!(jobs::claim(database, &["sample"], "b", later(120), 60)?, None);
        let second = jobs::claim(database, &["sample"], "a", later(121), 60)?.unwrap();
        assert_eq!((second.id, second.attempts), (first.id, 2));
        assert!(!jobs::renew(database, &first, later(122), 60)?);
        assert!(!database.transaction(|tx| jobs::complete(tx, &first, later(122)))?);
        assert_eq!(database.transaction(|tx| jobs::fail(tx, &first, "x", later(122)))?, AfterFailure::LeaseLost);
        assert!(database.transaction(|tx| jobs::complete(tx, &second, later(122)))?);
        Ok(())
    });
}

#[test]
fn a_failing_job_is_tried_again_later_and_given_up_at_last() {
    on_each_database(&[], |store| {
        let database = &store.database;
        add(database, "{}", None);
        let mut now = NOW;
        for attempt in 1..=MAX_ATTEMPTS {
            let job = jobs::claim(database, &["other", "sample"], "a", now, 60)?.unwrap();
            assert_eq!(job.attempts, attempt);
            match database.transaction(|tx| jobs::fail(tx, &job, "no answer", now))? {
                AfterFailure::Again(at) => {
                    assert_eq!(jobs::claim(database, &["sample"], "a", UtcSeconds(at.0 - 1), 60)?, None);
                    now = at;
                }
                other => assert_eq!((attempt, other), (MAX_ATTEMPTS, AfterFailure::GivenUp)),
            }
        }
        assert_eq!(database.read(jobs::count)?.failed, 1);
        Ok(())
    });
}

#[test]
fn a_job_that_kills_its_worker_every_time_is_given_up() {
    on_each_database(&[], |store| {
        add(&store.database, "{}", None);
        let begun =
            (0..20).filter_map(|turn| jobs::claim(&store.database, &["sample"], "a", later(turn * 100), 60).unwrap());
        assert_eq!(i64::try_from(begun.count())?, MAX_ATTEMPTS);
        assert_eq!(store.database.read(jobs::count)?.failed, 1);
        Ok(())
    });
}

#[test]
fn a_key_allows_one_waiting_job_at_a_time() {
    on_each_database(&[], |store| {
        assert!(add(&store.database, "{}", Some("k")).is_some());
        assert!(add(&store.database, "{}", Some("k")).is_none());
        assert!(add(&store.database, "{}", Some("other")).is_some());
        let job = jobs::claim(&store.database, &["sample"], "a", NOW, 60)?.unwrap();
        assert!(store.database.transaction(|tx| jobs::complete(tx, &job, NOW))?);
        assert!(add(&store.database, "{}", Some("k")).is_some(), "the first one is done");
        Ok(())
    });
}

#[test]
fn every_message_causes_its_job_exactly_once() {
    on_each_database(&[], |store| {
        for number in 0..40 {
            store.database.transaction(|tx| outbox::publish(tx, "evidence.added", &number.to_string(), NOW))?;
        }
        let failed = outbox::drain(&store.database, 10, |tx, message| {
            enqueue_for(tx, message)?;
            if message.body == "5" { Err(StoreError::Aborted) } else { Ok(()) }
        });
        assert!(failed.is_err());
        std::thread::scope(|scope| {
            for _ in 0..3 {
                let database = store.reopen().unwrap();
                scope.spawn(move || while outbox::drain(&database, 7, enqueue_for).unwrap() > 0 {});
            }
        });
        assert_eq!(store.database.read(jobs::count)?.queued, 40);
        Ok(())
    });
}

fn enqueue_for(tx: &mut store::Transaction, message: &outbox::Message) -> Result<(), StoreError> {
    let job = NewJob { kind: "sample", payload: &message.body, run_at: NOW, dedupe_key: None };
    jobs::enqueue(tx, &job, NOW).map(|_| ())
}

#[test]
fn a_job_given_up_is_named_however_many_came_after_it() {
    on_each_database(&[], |store| {
        add(&store.database, "lost", None);
        for attempt in 0..MAX_ATTEMPTS {
            let now = later(attempt * 4_000);
            let job = jobs::claim(&store.database, &["sample"], "w", now, 60)?.unwrap();
            store.database.transaction(|tx| jobs::fail(tx, &job, "why", now))?;
        }
        let at = later((MAX_ATTEMPTS - 1) * 4_000);
        add(&store.database, "waits", None);
        store.database.read::<_, StoreError>(|tx| {
            let failed = jobs::list_failed(tx, at)?;
            assert_eq!(failed.iter().map(|job| job.payload.as_str()).collect::<Vec<_>>(), ["lost"]);
            assert_eq!(jobs::list_failed(tx, UtcSeconds(at.0 + 1))?, []);
            Ok(())
        })?;
        Ok(())
    });
}
