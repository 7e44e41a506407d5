//! Accepting connections.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::route;
use crate::wire::{Control, Wire};
use crate::world::World;

/// What is served at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The service itself.
    Service,
    /// The storage behind its links.
    Files,
}

/// Serves until the task is dropped; its connections are tasks of the same runtime and end with it.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>, place: Place) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of descriptors, most likely: give the connections time to end.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        // Answers are small; without this the delayed acknowledgement of the peer shows in every one.
        let _ = stream.set_nodelay(true);
        let control = Control::default();
        let wire = TokioIo::new(Wire::new(stream, control.clone()));
        let world = Arc::clone(&world);
        let service = service_fn(move |request| {
            route::answer(Arc::clone(&world), place, peer.ip(), control.clone(), request)
        });
        tokio::spawn(async move {
            // An error here is a client that went away or a fault that was ordered.
            let _ = http1::Builder::new().serve_connection(wire, service).await;
        });
    }
}
