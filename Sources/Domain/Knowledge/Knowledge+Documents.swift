/// Files on their way into a source.
extension Knowledge {
    /// A file whose bytes have come becomes a document of a source.
    /// - Returns: the document, or the one of the same name, bytes and splitting that stands there already.
    /// - Parameters:
    ///   - indexes: nil leaves it until somebody says how it is to be split.
    ///   - isForced: true makes it a document even where it stands there already.
    package func take(
        _ upload: Upload, into slug: String, by splitting: Splitting = .usual, indexes: Bool?, isForced: Bool = false,
        for viewer: Viewer
    ) async throws -> (document: Document, isUnchanged: Bool) {
        let file = try await upload.lastChunk()
        let (digest, now) = (upload.fingerprint, world.now())
        let taken = try await store.write { rows -> (Document, Bool) in
            let source = try Self.source(slug, for: viewer, in: rows)
            let same = try rows.documents(of: source.id).last {
                $0.name == file.filename && $0.digest == digest && $0.splitting == splitting && $0.status != .failed
            }
            if var same, indexes == true, !isForced {
                try rows.removeFile(id: file.id)
                guard same.status != .indexed, same.task == .nothing else { return (same, true) }
                // It lies there, and nobody has wanted it to be found so far.
                same.task = same.status == .splitted ? .index : .split
                same.isIndexedOnceSplit = true
                try rows.update(same)
                return (same, false)
            }
            try rows.complete(file)
            var document = Document(
                id: file.id, account: source.account, source: source.id, name: file.filename,
                mediaType: file.mediaType, bytes: file.bytes, digest: digest, splitting: splitting, createdAt: now)
            document.task = indexes == nil ? .nothing : .split
            document.isIndexedOnceSplit = indexes ?? false
            try rows.insert(document)
            return (document, false)
        }
        if !taken.1 { bell.ring() }
        return taken
    }

    /// Begins a file for a source.
    package func upload(named filename: String, mediaType: String, for viewer: Viewer) async throws -> Upload {
        try await files.begin(
            for: viewer.uploader, filename: filename,
            mediaType: StoredFile.mediaType(of: filename, given: mediaType), limit: limits.documentBytes,
            isForModels: false)
    }

    /// Has a document split, anew if it was split before.
    /// - Parameter indexes: whether its passages are indexed as soon as they are there.
    package func split(
        _ id: ID, by splitting: Splitting, indexes: Bool, for viewer: Viewer
    ) async throws -> Document {
        let now = world.now()
        let document = try await store.write { rows -> Document in
            var document = try Self.document(id, for: viewer, in: rows)
            let isSame = document.splitting == splitting && document.status != .failed
            if isSame, document.status == .indexed { return document }
            if isSame, document.task != .nothing || document.status == .splitted {
                // Nothing to be split again; only what is still missing is done.
                guard indexes else { return document }
                if document.task == .nothing { document.task = .index }
            } else {
                // Whoever is at work on it sees that something else is wanted, and lets go of it.
                document.task = .split
                document.status = .pending
            }
            document.splitting = splitting
            document.isIndexedOnceSplit = indexes
            document.failure = nil
            document.updatedAt = now
            try rows.update(document)
            return document
        }
        bell.ring()
        return document
    }

    /// Has the passages of a document that was split indexed.
    /// - Throws: `conflict` for one that was not split.
    package func index(_ id: ID, for viewer: Viewer) async throws -> Document {
        let now = world.now()
        let document = try await store.write { rows -> Document in
            var document = try Self.document(id, for: viewer, in: rows)
            guard document.status != .indexed else { return document }
            if document.task == .split {
                document.isIndexedOnceSplit = true
            } else {
                guard document.status == .splitted else {
                    throw Refusal(.conflict, "The file has not been split; post to its /split first.")
                }
                document.task = .index
            }
            document.updatedAt = now
            try rows.update(document)
            return document
        }
        bell.ring()
        return document
    }

    /// Removes earlier documents of a name: a newer one has taken their place.
    package func removeOlder(than document: Document) async throws {
        let others = try await store.read { try $0.documents(of: document.source) }
        for other in others where other.name == document.name && other.id < document.id { try await remove(other) }
    }
}
