import Foundation
import Synchronization

/// Takes uploads and finds them again.
package struct Files: Sendable {
    private let store: any Store
    private let world: World
    private let limits: Limits

    package init(store: any Store, world: World, limits: Limits) {
        self.store = store
        self.world = world
        self.limits = limits
    }

    /// Begins an upload that does not exist for anyone until it is completed.
    /// - Parameters:
    ///   - id: nil for a new one.
    ///   - limit: bytes that it may have; nil for as many as any file.
    ///   - isForModels: whether text must be UTF-8, as models are given it.
    package func begin(
        for principal: Principal, id: ID? = nil, filename: String, mediaType: String, limit: Int? = nil,
        isForModels: Bool = true
    ) async throws -> Upload {
        let file = StoredFile(
            id: id ?? world.newID(), account: principal.account, principal: principal.id,
            filename: filename.isEmpty ? "file" : filename, mediaType: mediaType, bytes: 0,
            createdAt: world.now(), isComplete: false)
        try await store.write { try $0.insert(file) }
        return Upload(file, store: store, limit: limit ?? limits.fileBytes, isForModels: isForModels)
    }

    /// A complete file of the principal's account.
    /// - Throws: `notFound` for every other.
    package func file(_ id: ID, for principal: Principal, field: String? = nil) async throws -> StoredFile {
        guard let file = try await store.read({ try $0.file(id: id) }), file.isComplete,
            file.account == principal.account
        else { throw Refusal(.notFound, "There is no file \(id).", field: field) }
        return file
    }

    /// What a file of an account was called, or nil where it is no longer kept.
    package func name(of id: ID, account: ID) async throws -> String? {
        let file = try await store.read { try $0.file(id: id) }
        return file?.account == account ? file?.filename : nil
    }

    /// The files a question names, each usable by a model.
    /// - Throws: `invalid` or `unsupported`, naming the field.
    package func check(_ ids: [ID], for principal: Principal) async throws {
        var bytes = 0
        guard ids.count <= limits.partCount else {
            throw Refusal(.tooLarge, "A question may have \(limits.partCount) files.", field: "files")
        }
        for (index, id) in ids.enumerated() {
            let field = "files[\(index)]"
            let file = try await file(id, for: principal, field: field)
            // Who may see what stands in it is the source's to say.
            guard try await store.read({ try $0.document(id: id) }) == nil else {
                throw Refusal(.invalid, "This file belongs to a knowledge source.", field: field)
            }
            guard file.use != nil else {
                throw Refusal(.unsupported, "A model cannot be given a file of type \(file.mediaType).", field: field)
            }
            bytes += file.bytes
            guard bytes <= limits.bodyBytes else {
                throw Refusal(
                    .tooLarge, "The files of a question may have \(limits.bodyBytes) bytes together.", field: field)
            }
        }
    }

    /// Takes the file that an earlier, equal request made, or keeps this one.
    package func complete(
        _ upload: Upload, for principal: Principal, idempotency key: IdempotencyKey?
    ) async throws -> (file: StoredFile, isRepeated: Bool) {
        let file = try await upload.lastChunk()
        let claim = key?.claim(by: principal, for: file.id, at: file.createdAt)
        return try await store.write { rows in
            if let standing = try rows.standing(claim) {
                try rows.removeFile(id: file.id)
                guard let first = try rows.file(id: standing.subject) else {
                    throw Refusal(.gone, "The file that this Idempotency-Key stands for is no longer kept.")
                }
                return (first, true)
            }
            try rows.complete(file)
            return (file, false)
        }
    }
}

/// Bytes on their way into the store, chunk by chunk; used by one task at a time.
package final class Upload: Sendable {
    private struct State {
        var file: StoredFile
        var waiting: [UInt8] = []
        var chunks = 0
        var digest = Digest()
        /// Kept of a file that a model would be given as text.
        var reading: UTF8Reading?

        /// Takes a piece. What is wrong with the file so far is found while it comes, not when somebody asks about it.
        mutating func take(_ bytes: [UInt8], limit: Int) -> Refusal? {
            waiting += bytes
            digest.update(bytes)
            file.bytes += bytes.count
            guard file.bytes <= limit else {
                return Refusal(.tooLarge, "A file may have \(limit) bytes.", field: "file")
            }
            return reading?.take(bytes) == false ? notText : nil
        }

        var notText: Refusal {
            Refusal(
                .unsupported, "The file “\(file.filename)” of type \(file.mediaType) is not UTF-8 text.", field: "file"
            )
        }
    }

    private let store: any Store
    private let limit: Int
    private let state: Mutex<State>

    init(_ file: StoredFile, store: any Store, limit: Int, isForModels: Bool) {
        self.store = store
        self.limit = limit
        state = Mutex(State(file: file, reading: isForModels && file.use == .text ? UTF8Reading() : nil))
    }

    /// - Throws: `tooLarge` past the limit of a file, `unsupported` for text that is not UTF-8.
    package func append(_ bytes: some Collection<UInt8>) async throws {
        let bytes = Array(bytes)
        let (refusal, isFull) = state.withLock { state in
            (state.take(bytes, limit: limit), state.waiting.count >= StoredFile.chunkBytes)
        }
        if let refusal { throw refusal }
        if isFull { try await writeChunk() }
    }

    /// SHA-256 of all bytes so far.
    package var fingerprint: [UInt8] { state.withLock { $0.digest.value } }

    /// Forgets the upload and what it had stored.
    package func abandon() async {
        let id = state.withLock { $0.file.id }
        try? await store.write { try $0.removeFile(id: id) }
    }

    /// - Throws: `unsupported` for text that ends within a character.
    func lastChunk() async throws -> StoredFile {
        if let refusal = state.withLock({ $0.reading?.isBetweenCharacters == false ? $0.notText : nil }) {
            throw refusal
        }
        try await writeChunk()
        return state.withLock { state in
            state.file.isComplete = true
            return state.file
        }
    }

    private func writeChunk() async throws {
        let (id, chunk, number) = state.withLock { state in
            defer {
                state.waiting = []
                state.chunks += 1
            }
            return (state.file.id, state.waiting, state.chunks)
        }
        if !chunk.isEmpty { try await store.write { try $0.append(chunk: chunk, number: number, to: id) } }
    }
}
