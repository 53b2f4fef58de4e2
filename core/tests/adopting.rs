//! Kernel sockets that come from elsewhere, or go there.

mod common;

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::net::UnixListener,
    },
    thread,
    time::Duration,
};

use vestibule::{
    Address, Decision, Entry, Error, Linger, Listener, Receive, Socket, SocketOption, Stream, Wait,
};

fn std_listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a port is free")
}

#[test]
fn a_listener_of_std_decides() {
    let listener = std_listener();
    let address = listener.local_addr().unwrap();
    let number = listener.as_raw_fd();
    let waiting = TcpStream::connect(address).unwrap(); // before it is adopted
    let listener = Listener::try_from(listener).unwrap();
    assert_eq!(listener.local_address(), Ok(Address::Ip(address)));
    let caller = waiting.local_addr().unwrap();
    let refused = listener.accept(|request| {
        assert_eq!(request.caller_id(), Address::Ip(caller));
        assert_eq!(request.callee_id(), Address::Ip(address));
        Decision::Reject
    });
    assert_eq!(refused.unwrap_err(), Error::ConnRefused);

    let mut second = TcpStream::connect(address).unwrap();
    let accepted = listener.accept(|_| Decision::Accept).unwrap();
    second.write_all(b"hello").unwrap();
    let mut text = [0; 5];
    (&accepted).read_exact(&mut text).unwrap();
    assert_eq!(&text, b"hello");

    let back = TcpListener::from(OwnedFd::try_from(listener).unwrap());
    assert_eq!(back.as_raw_fd(), number);
    let _third = TcpStream::connect(address).unwrap();
    assert!(back.accept().is_ok(), "it listens on as before");
}

#[test]
fn a_connection_of_std_goes_on_where_it_was() {
    let listener = std_listener();
    let mut peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (ours, caller) = listener.accept().unwrap();
    peer.write_all(b"sent before").unwrap();
    let stream = Stream::try_from(ours).unwrap();
    assert_eq!(stream.peer_address(), Ok(Address::Ip(caller)));
    let mut text = [0; 11];
    (&stream).read_exact(&mut text).unwrap();
    assert_eq!(&text, b"sent before");

    stream.send_disconnect(b"").unwrap();
    assert_eq!(stream.send(b"x", &Wait::FOREVER), Err(Error::Shutdown));
    assert_eq!(peer.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn mode_linger_and_options_go_with_it() {
    let listener = std_listener();
    listener.set_nonblocking(true).unwrap();
    let listener = Listener::try_from(listener).unwrap();
    assert_eq!(
        listener.accept_any().unwrap_err(),
        Error::WouldBlock,
        "it does not wait, as before"
    );

    let linger = Linger {
        on: true,
        seconds: 7,
    };
    listener.set_option(SocketOption::KeepAlive, 1).unwrap();
    listener.set_linger(linger).unwrap();
    let descriptor = OwnedFd::try_from(listener).unwrap();
    let again = Socket::adopt(descriptor).unwrap();
    assert!(again.is_nonblocking() && again.is_listening());
    assert_eq!(again.option(SocketOption::KeepAlive), Ok(1));
    assert_eq!(again.linger(), linger, "the kernel had it meanwhile");
}

#[test]
fn what_is_no_tcp_connection_or_listener_comes_back() {
    let refused = |descriptor: OwnedFd, error: Error| {
        let number = descriptor.as_raw_fd();
        let refused = Socket::adopt(descriptor).unwrap_err();
        assert_eq!(refused.error, error);
        assert_eq!(refused.descriptor.as_raw_fd(), number);
        assert!(rustix::io::fcntl_getfd(&refused.descriptor).is_ok());
    };
    refused(
        UdpSocket::bind("127.0.0.1:0").unwrap().into(),
        Error::SocktNoSupport,
    );
    let path = std::env::temp_dir().join(format!("vestibule-adopting-{}", std::process::id()));
    refused(
        UnixListener::bind(&path).unwrap().into(),
        Error::AfNoSupport,
    );
    std::fs::remove_file(path).unwrap();
    refused(
        std::fs::File::open("/dev/null").unwrap().into(),
        Error::NotSock,
    );
    let fresh = Socket::new(Entry::Tcp4).unwrap().into_descriptor().unwrap();
    refused(fresh, Error::NotConn);
}

#[test]
fn what_cannot_be_detached_comes_back() {
    let in_process = Socket::new(Entry::InProcess).unwrap();
    let refused = in_process.into_descriptor().unwrap_err();
    assert_eq!(refused.error, Error::OpNotSupp);
    assert!(refused.socket.option(SocketOption::Type).is_ok());

    let listener = Listener::try_from(std_listener()).unwrap();
    let Address::Ip(address) = listener.local_address().unwrap() else {
        panic!("it has an IP address");
    };
    let mut caller = TcpStream::connect(address).unwrap();
    let deferred = listener.accept(|_| Decision::Defer);
    assert_eq!(deferred.unwrap_err(), Error::TryAgain);
    let refused = OwnedFd::try_from(listener).unwrap_err();
    assert_eq!(refused.error, Error::Inval);
    let listener = Listener::try_from(*refused.socket).unwrap();
    let accepted = listener.accept_any().unwrap(); // nothing is lost
    caller.write_all(b"!").unwrap();
    let mut byte = [0; 1];
    let received = accepted.receive(&mut byte, &Wait::at_most(Duration::from_secs(5)));
    assert_eq!(received, Ok(1));

    let closed = Socket::new(Entry::Tcp4).unwrap();
    closed.close().unwrap();
    let refused = closed.into_descriptor().unwrap_err();
    assert_eq!(refused.error, Error::NotSock);
}

#[test]
fn a_detached_connection_is_not_ended() {
    let listener = Listener::bind(common::loopback(Entry::Tcp4), 1).unwrap();
    let address = listener.local_address().unwrap();
    let client = thread::spawn(move || Stream::connect(address).unwrap());
    let server = listener.accept_any().unwrap();
    let client = client.join().unwrap();
    let mut server = TcpStream::from(OwnedFd::try_from(server).unwrap());
    server.write_all(b"still here").unwrap();
    let mut text = [0; 10];
    let flags = Receive {
        all: true,
        ..Receive::default()
    };
    let received = client
        .into_socket()
        .receive(&mut text, flags, &Wait::FOREVER);
    assert_eq!((received, &text), (Ok(10), b"still here"));
}
