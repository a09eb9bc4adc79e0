use base::ContentHash;
use store::{BlobError, Blobs};
use testkit::on_each_database;

#[test]
fn bytes_are_kept_once_under_their_hash_and_read_back_checked() {
    on_each_database(&[], |store| {
        for blobs in [store.blobs.clone(), Blobs::database(store.database.clone())] {
            for bytes in [Vec::new(), b"mamori".to_vec(), vec![7; 700_000]] {
                let hash = blobs.put(&bytes)?;
                assert_eq!(blobs.put(&bytes)?, hash);
                assert!(blobs.contains(hash)?);
                assert_eq!(blobs.read(hash)?, bytes);
            }
            let missing = blobs.read(ContentHash::of(b"other"));
            assert!(matches!(missing, Err(BlobError::Missing { .. })), "{missing:?}");
            let mut count = 0;
            blobs.list_each(&mut |_| count += 1)?;
            assert_eq!(count, 3);
        }
        Ok(())
    });
}

#[test]
fn changed_bytes_are_noticed_when_read_and_when_put_again() {
    on_each_database(&[], |store| {
        let hash = store.blobs.put(b"mamori")?;
        let name = hash.to_string();
        std::fs::write(store.folder().join("blobs").join(&name[..2]).join(&name[2..]), b"mamorx")?;
        assert!(matches!(store.blobs.read(hash), Err(BlobError::Changed { .. })));
        assert!(matches!(store.blobs.put(b"mamori"), Err(BlobError::Changed { .. })));
        let blobs = Blobs::database(store.database.clone());
        let hash = blobs.put(b"mamori")?;
        store
            .database
            .transaction(|tx| tx.execute("UPDATE blob_part SET bytes = $1", &[b"mamorx".as_slice().into()]))?;
        assert!(matches!(blobs.read(hash), Err(BlobError::Changed { .. })));
        Ok(())
    });
}
