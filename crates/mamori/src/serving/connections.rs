//! How many connections there may be at once: whoever opens more than anybody needs keeps nobody else out.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use web::Proxies;

/// Connections in all: well below the 1,024 descriptors a process has by default.
pub(super) const MOST: usize = 512;
/// Connections of one address. Whole wards may sit behind one.
const MOST_OF_ONE: usize = 128;

/// How long somebody may take in no more than [`LEAST_TAKEN`] of an answer.
const STALL: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(30) };
/// Bytes that show that an answer is being read.
const LEAST_TAKEN: usize = 32 << 10;

/// The places there are. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<Taken>>,
    proxies: Proxies,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// A place of a connection; given back when dropped.
#[derive(Debug)]
struct Place {
    places: Places,
    address: IpAddr,
}

impl Places {
    fn take(&self, address: IpAddr) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        // A proxy brings everybody.
        let most = if address.is_loopback() || self.proxies.trusts(address) { MOST } else { MOST_OF_ONE };
        let of_one = taken.of.get(&address).copied().unwrap_or(0);
        if taken.all >= MOST || of_one >= most {
            return None;
        }
        taken.all += 1;
        taken.of.insert(address, of_one + 1);
        Some(Place { places: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        match taken.of.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                taken.of.remove(&self.address);
            }
        }
    }
}

/// Takes a connection if there is a place for it; otherwise it is closed.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted(Places);

impl Counted {
    /// Counts each of these proxies as many.
    pub(super) fn new(proxies: Proxies) -> Self {
        Self(Places { taken: Arc::default(), proxies })
    }
}

impl<S> Accept<TcpStream, S> for Counted {
    type Stream = Held;
    type Service = S;
    type Future = Ready<io::Result<(Held, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().ok().and_then(|address| self.0.take(address.ip().to_canonical()));
        let full = || io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections");
        ready(place.ok_or_else(full).map(|place| (Held { stream, stall: None, _place: place }, service)))
    }
}

/// A connection with its place. Whoever does not read what was asked for loses it.
#[derive(Debug)]
pub(super) struct Held {
    stream: TcpStream,
    stall: Option<Stall>,
    _place: Place,
}

/// An answer that the other side was not ready to take.
#[derive(Debug)]
struct Stall {
    end: Pin<Box<Sleep>>,
    taken: usize,
}

impl Held {
    /// Watches how much of an answer is taken in.
    fn watch(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(result) = written {
            let stalled = self.stall.as_mut().zip(result.as_ref().ok());
            if let Some((stall, count)) = stalled {
                stall.taken = stall.taken.saturating_add(*count);
                if stall.taken >= LEAST_TAKEN {
                    self.stall = None;
                }
            }
            return Poll::Ready(result);
        }
        let stall = self.stall.get_or_insert_with(|| Stall { end: Box::pin(sleep(STALL)), taken: 0 });
        stall.end.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch(cx, written)
    }

    /// Called when all of an answer was handed over.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stall = None;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;

    /// A connection on loopback: ours, and theirs.
    async fn connect() -> (Held, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let theirs = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, address) = listener.accept().await.unwrap();
        let place = Places::default().take(address.ip()).unwrap();
        (Held { stream, stall: None, _place: place }, theirs)
    }

    #[tokio::test]
    async fn whoever_does_not_read_the_answer_loses_the_place() {
        let (mut ours, _theirs) = connect().await;
        let err = ours.write_all(&vec![0; 64 << 20]).await.unwrap_err();
        assert_eq!(err.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn whoever_reads_gets_all_of_it() {
        let (mut ours, mut theirs) = connect().await;
        let reader = tokio::spawn(async move { tokio::io::copy(&mut theirs, &mut tokio::io::sink()).await.unwrap() });
        ours.write_all(&vec![0; 8 << 20]).await.unwrap();
        ours.flush().await.unwrap();
        drop(ours);
        assert_eq!(reader.await.unwrap(), 8 << 20);
    }

    #[test]
    fn one_address_takes_a_quarter_of_the_places_and_gives_them_back() {
        let places = Places::default();
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let mut held: Vec<Place> = (0..MOST_OF_ONE).map(|_| places.take(one).unwrap()).collect();
        assert!(places.take(one).is_none());
        for last in 2..5 {
            let other: IpAddr = format!("192.0.2.{last}").parse().unwrap();
            held.extend((0..MOST_OF_ONE).map(|_| places.take(other).unwrap()));
        }
        assert!(places.take("192.0.2.9".parse().unwrap()).is_none(), "all are taken");
        drop(held);
        assert!(places.take(one).is_some());
        assert!(places.taken.lock().unwrap().of.is_empty());
    }

    #[test]
    fn a_proxy_that_is_named_takes_as_many_as_there_are() {
        let Counted(places) = Counted::new(Proxies::new(vec!["192.0.2.0/24".parse().unwrap()]));
        let proxy: IpAddr = "192.0.2.1".parse().unwrap();
        let held: Vec<Place> = (0..MOST).map(|_| places.take(proxy).unwrap()).collect();
        assert!(places.take(proxy).is_none());
        drop(held);
    }
}
