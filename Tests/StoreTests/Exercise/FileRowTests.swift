import Domain
import Testing

@Suite("Rows of files")
struct FileRowTests {
    @Test("A file is written in chunks and read as one", arguments: Backend.all)
    func chunks(_ backend: Backend) async throws {
        try await backend.with { store in
            var file = Story.file(30)
            let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await store.write { [file] in try $0.insert(file) }
            #expect(try await store.read { try $0.file(id: Story.id(30)) } == file)
            let starts = stride(from: 0, to: bytes.count, by: StoredFile.chunkBytes)
            for (number, start) in starts.enumerated().reversed() {
                let chunk = Array(bytes[start..<min(start + StoredFile.chunkBytes, bytes.count)])
                try await store.write { try $0.append(chunk: chunk, number: number, to: Story.id(30)) }
            }
            file.bytes = bytes.count
            file.isComplete = true
            try await store.write { [file] in try $0.complete(file) }
            #expect(try await store.read { try $0.file(id: Story.id(30)) } == file)
            #expect(try await store.read { try $0.bytes(of: Story.id(30)) } == bytes)
        }
    }

    @Test("A removed file leaves no bytes, and takes none any more", arguments: Backend.all)
    func removal(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.insert(Story.file(30))
                try rows.append(chunk: [1, 2, 3], number: 0, to: Story.id(30))
                try rows.removeFile(id: Story.id(30))
            }
            #expect(try await store.read { try $0.file(id: Story.id(30)) } == nil)
            #expect(try await store.read { try $0.bytes(of: Story.id(30)) } == [])
            await #expect(throws: Refusal(.gone, "The file \(Story.id(30)) is no longer kept.")) {
                try await store.write { try $0.append(chunk: [4], number: 1, to: Story.id(30)) }
            }
            await #expect(throws: Refusal(.gone, "The file \(Story.id(30)) is no longer kept.")) {
                try await store.write { try $0.complete(Story.file(30)) }
            }
        }
    }

    @Test("An empty file is a file", arguments: Backend.all)
    func empty(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { try $0.insert(Story.file(30, isComplete: true)) }
            #expect(try await store.read { try $0.bytes(of: Story.id(30)) } == [])
            #expect(try await store.read { try $0.file(id: Story.id(30)) } == Story.file(30, isComplete: true))
        }
    }
}
