//! What users read when their Redis is not as it should be.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::fleet_tests::{ACCOUNT, fleet, left, lookup, patience};
use super::server::RedisServer;
use super::*;
use mdcloud_process::ledger::GO;

const KEY: &str = "mdcloud:ledger:v1:03030303030303030303030303030303";

fn error(fleet: &Fleet) -> String {
    let error = fleet.ask(&lookup(), &patience()).unwrap_err();
    assert_eq!(error.status, Status::Network);
    error.detail
}

fn go(fleet: &Fleet) {
    assert_eq!(fleet.ask(&lookup(), &patience()).unwrap().verdict, GO);
}

#[test]
fn what_is_no_ledger_is_put_aside_and_a_new_one_begins() {
    let Some(server) = RedisServer::start("damaged ledgers in Redis", &[]) else { return };
    let damages: &[&[&str]] = &[
        &["SET", KEY, "a text"],
        &["RPUSH", KEY, "a list"],
        &["HSET", KEY, "version", "seven", "document", "{}", "alive", "{}", "at", "0"],
        &["HSET", KEY, "version", "7-x", "document", "{\"format\":1", "alive", "{}", "at", "0"],
        &["HSET", KEY, "version", "7-x", "document", "{}", "alive", "nobody", "at", "0"],
        &["HSET", KEY, "version", "7-x"],
    ];
    for (index, damage) in damages.iter().enumerate() {
        server.cli(&["DEL", KEY]);
        server.cli(damage);
        let fleet = fleet(&server.url());
        go(&fleet);
        let aside = format!("{{{KEY}}}:damaged:{}", index + 1);
        let note = fleet.view(&[ACCOUNT].into()).unwrap().1.unwrap();
        assert!(note.contains(&aside), "{damage:?}: {note}");
        assert_eq!(server.cli(&["HGET", KEY, "version"]).split('-').next(), Some("1"), "{damage:?}");
        let ttl: i64 = server.cli(&["TTL", &aside]).parse().unwrap();
        assert!((1..=7 * 86_400).contains(&ttl), "{damage:?}: {ttl}");
    }
    assert_eq!(server.cli(&["GET", &format!("{{{KEY}}}:damaged:1")]), "a text");
    assert!(server.cli(&["TTL", KEY]).parse::<i64>().unwrap() > 0);
    // A ledger that is damaged under the eyes of a client that had read it.
    let fleet = fleet(&server.url());
    go(&fleet);
    server.cli(&["SET", KEY, "a text"]);
    go(&fleet);
}

#[test]
fn a_ledger_of_a_later_version_is_left_alone() {
    let Some(server) = RedisServer::start("a later version's ledger in Redis", &[]) else { return };
    server.cli(&["HSET", KEY, "version", "7-x", "document", "{\"format\":2}", "alive", "{}", "at", "0"]);
    let error = fleet(&server.url()).ask(&lookup(), &patience()).unwrap_err();
    assert!(error.detail.contains("later version"), "{}", error.detail);
    assert_eq!(server.cli(&["HGET", KEY, "version"]), "7-x");
}

#[test]
fn a_redis_that_refuses_is_quoted_with_what_to_do() {
    let Some(server) = RedisServer::start("refusals of Redis", &["--requirepass", "geheim"]) else { return };
    let port = server.port;
    for (login, advice) in
        [("", "put user and password into the URL"), (":falsch@", "are wrong"), ("me:geheim@", "are wrong")]
    {
        let said = error(&fleet(&format!("redis://{login}127.0.0.1:{port}")));
        assert!(said.contains(advice), "{login}: {said}");
        assert!(!said.contains("falsch") && !said.contains("geheim"), "{said}");
    }
    let secured = fleet(&format!("redis://:geheim@127.0.0.1:{port}/3"));
    go(&secured);
    go(&fleet(&format!("redis://default:geheim@127.0.0.1:{port}/3")));
    assert_eq!(server.cli(&["-a", "geheim", "--no-auth-warning", "-n", "3", "EXISTS", KEY]), "1");
    let said = error(&fleet(&format!("redis://:geheim@127.0.0.1:{port}/99")));
    assert!(said.contains("out of range"), "{said}");
    let set = |name: &str, value: &str| {
        server.cli(&["-a", "geheim", "--no-auth-warning", "CONFIG", "SET", name, value]);
    };
    set("maxmemory", "1");
    let said = error(&secured);
    assert!(said.contains("raise maxmemory"), "{said}");
    set("maxmemory", "0");
    go(&secured);
    server.cli(&["-a", "geheim", "--no-auth-warning", "REPLICAOF", "127.0.0.1", "1"]);
    let said = error(&secured);
    assert!(said.contains("name the primary"), "{said}");
    server.cli(&["-a", "geheim", "--no-auth-warning", "REPLICAOF", "NO", "ONE"]);
    go(&secured);

    let user = "ACL SETUSER me on >geheim resetkeys ~*mdcloud:ledger:* +ping";
    let cli = |command: &str| {
        let words = ["-a", "geheim", "--no-auth-warning"].into_iter().chain(command.split(' '));
        server.cli(&words.collect::<Vec<_>>())
    };
    assert_eq!(cli(user), "OK");
    let limited = fleet(&format!("redis://me:geheim@127.0.0.1:{port}"));
    let said = error(&limited);
    assert!(said.contains("the user needs EVAL"), "{said}");
    assert_eq!(cli(&format!("{user} +evalsha +eval +time +hget +hmget +hset +expire")), "OK");
    go(&limited);

    let Some(open) = RedisServer::start("a password that is not wanted", &[]) else { return };
    let said = error(&fleet(&format!("redis://me:geheim@127.0.0.1:{}", open.port)));
    assert!(said.contains("are wrong"), "{said}");
    let said = error(&fleet(&format!("redis://:geheim@127.0.0.1:{}", open.port)));
    assert!(said.contains("leave the one in the URL out"), "{said}");
}

/// Something that answers every connection with these bytes, and then closes it.
fn speaker(words: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(words);
        }
    });
    port
}

#[test]
fn whatever_else_answers_there_is_told_apart() {
    for (words, expected) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "does not speak the protocol of Redis"),
        (b"\x15\x03\x03\x00\x02\x02\x46", "does not speak the protocol of Redis"),
        (b"", "with TLS it is rediss://"),
        (b"*3\r\n$1\r\n", "closed the connection"),
        (b"+PONG\r\n+OK\r\n", "does not answer as Redis does"),
        (b"+PONG\r\n*1\r\n:1\r\n", "does not answer as Redis does"),
        (b"+PONG\r\n*3\r\n$1\r\n1\r\n$1\r\n0\r\n$3\r\nyes\r\n", "does not answer as Redis does"),
        (b"-LOADING Redis is loading the dataset in memory\r\n", "still starting"),
        (b"-MOVED 3999 127.0.0.1:6381\r\n", "clusters are not supported"),
        (
            b"-ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write\r\n",
            "name the primary",
        ),
    ] {
        let said = error(&fleet(&format!("redis://:geheim@127.0.0.1:{}", speaker(words))));
        assert!(!said.contains("geheim"), "{said}");
        let said = error(&fleet(&format!("redis://127.0.0.1:{}", speaker(words))));
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert!(error(&fleet(&format!("redis://127.0.0.1:{closed}"))).contains("refused"));
    assert!(
        error(&fleet("redis://no-such-host.invalid")).starts_with("redis://no-such-host.invalid:6379/0: ")
    );
}

#[test]
fn with_tls_the_authority_of_ca_file_is_trusted_and_no_other() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = std::env::temp_dir().join(format!("mdcloud-redis-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let tls = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert];
    let server = RedisServer::start("Redis over TLS", &[&tls[..], &["--requirepass", "geheim"]].concat());
    if let Some(server) = server {
        let url = format!("rediss://:geheim@localhost:{}/1", server.port);
        let roots: Roots = Arc::new([made.cert.der().clone()]);
        let trusting = Fleet::new(Address::parse(&url).unwrap(), roots);
        trusting.tell(&left(0, 5)).unwrap();
        go(&trusting);
        let said = error(&fleet(&url));
        assert!(said.contains("ca_file") && !said.contains("geheim"), "{said}");
        let said = error(&fleet(&url.replace("rediss", "redis")));
        assert!(said.contains("with TLS it is rediss://"), "{said}");
    }
    if let Some(plain) = RedisServer::start("TLS to a Redis without it", &[]) {
        let said = error(&fleet(&plain.url().replace("redis", "rediss")));
        assert!(said.contains("without TLS it is redis://"), "{said}");
    }
    let _ = std::fs::remove_dir_all(folder);
}
