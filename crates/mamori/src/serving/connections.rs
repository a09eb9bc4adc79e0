//! How many connections there may be at once: whoever opens more than anybody needs keeps nobody else out.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use web::Proxies;

/// Connections in all: well below the 1,024 descriptors a process has by default.
pub(super) const MOST: usize = 512;
/// Connections of one address. Whole wards may sit behind one.
const MOST_OF_ONE: usize = 128;

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
        ready(place.ok_or_else(full).map(|place| (Held { stream, _place: place }, service)))
    }
}

/// A connection with its place.
#[derive(Debug)]
pub(super) struct Held {
    stream: TcpStream,
    _place: Place,
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
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
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
