//! The least that an upload under TLS can cost one core: the file is read, sealed in records of TLS 1.3, and
//! written. What is sent goes as the body of a plain request, so that the stand-in takes it for any upload.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

use mdcloud_bench::{Client, Done, Failure, run};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Most bytes of a record of TLS.
const RECORD: usize = 16 * 1024;
const BLOCK: usize = 16 * RECORD;

struct Sealed {
    address: String,
    key: LessSafeKey,
}

impl Client for Sealed {
    // Nothing is looked up, and there is nothing to make ready either.
    fn raw(&self, _: &str) -> Done {
        Ok(1)
    }
    fn lookup(&self, _: &str) -> Done {
        Ok(1)
    }
    fn full(&self, _: &str) -> Done {
        Ok(1)
    }
    fn bulk(&self, _: impl Iterator<Item = String>) -> Done {
        Ok(0)
    }

    fn upload(&self, path: &str) -> Done {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let length = length + length.div_ceil(RECORD as u64) * AES_256_GCM.tag_len() as u64;
        let mut stream = TcpStream::connect(&self.address)?;
        let host = &self.address;
        write!(stream, "POST /v4/file HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\r\n")?;
        let mut block = vec![0; BLOCK];
        let mut number = 0_u64;
        loop {
            let count = fill(&mut file, &mut block)?;
            if count == 0 {
                break;
            }
            let mut tags = Vec::with_capacity(256);
            for record in block[..count].chunks_mut(RECORD) {
                let mut nonce = [0; 12];
                nonce[4..].copy_from_slice(&number.to_be_bytes());
                number += 1;
                let nonce = Nonce::assume_unique_for_key(nonce);
                let tag = self.key.seal_in_place_separate_tag(nonce, Aad::empty(), record);
                tags.extend_from_slice(tag.map_err(|_| Failure::from("it cannot be sealed"))?.as_ref());
            }
            stream.write_all(&block[..count])?;
            stream.write_all(&tags)?;
        }
        let mut answer = [0; 1024];
        let count = stream.read(&mut answer)?;
        if answer[..count].starts_with(b"HTTP/1.1 200") { Ok(1) } else { Err("no answer".into()) }
    }
}

/// Reads whole blocks, so that only the last record is a short one.
fn fill(file: &mut File, block: &mut [u8]) -> Done {
    let mut count = 0;
    while count < block.len() {
        match file.read(&mut block[count..])? {
            0 => break,
            more => count += more,
        }
    }
    Ok(count)
}

fn main() -> ExitCode {
    run(|orders| {
        let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).map_err(|_| Failure::from("no key"))?;
        let address = orders.base_url.trim_start_matches("http://").to_owned();
        Ok(Sealed { address, key: LessSafeKey::new(key) })
    })
}
