import Domain
import TestKit
import Testing

/// Uploads, and questions that name them.
@Suite struct FilesTests {
    private func files(_ scene: Scene, _ limits: Limits = Limits()) -> Files {
        Files(store: scene.gate, world: scene.clock.world, limits: limits)
    }

    private func upload(
        _ bytes: [UInt8], as type: String, in scene: Scene, key: IdempotencyKey? = nil
    ) async throws -> (file: StoredFile, isRepeated: Bool) {
        let files = files(scene)
        let upload = try await files.begin(for: scene.ana, filename: "note.txt", mediaType: type)
        try await upload.append(bytes)
        return try await files.complete(upload, for: scene.ana, idempotency: key)
    }

    @Test func bytesComeBackAsTheyWere() async throws {
        let scene = try await Scene()
        let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try await upload(bytes, as: "application/zip", in: scene).file
        #expect(file.bytes == bytes.count)
        #expect(try await scene.gate.read { try $0.bytes(of: file.id) } == bytes)
    }

    @Test func aFileTooLargeIsRefused() async throws {
        let scene = try await Scene()
        var limits = Limits()
        limits.fileBytes = 10
        let upload = try await files(scene, limits).begin(for: scene.ana, filename: "a", mediaType: "text/plain")
        let refusal = await #expect(throws: Refusal.self) { try await upload.append(Array(repeating: 0, count: 11)) }
        #expect(refusal?.reason == .tooLarge)
    }

    @Test(arguments: ["text/plain", "Text/Markdown", "application/json", "application/problem+json", "image/svg+xml"])
    func textThatIsNotUTF8IsRefusedWhileItComes(_ type: String) async throws {
        let scene = try await Scene()
        let upload = try await files(scene).begin(for: scene.ana, filename: "bond.txt", mediaType: type)
        try await upload.append(Array("Grüße".utf8))
        let latin = Array("Gr".utf8) + [0xFC, 0xDF] + Array("e".utf8)
        let refusal = await #expect(throws: Refusal.self) { try await upload.append(latin) }
        #expect(refusal?.reason == .unsupported)
        #expect(refusal?.field == "file")
        #expect(refusal?.message.contains("bond.txt") == true)
    }

    @Test func textThatEndsWithinACharacterIsRefused() async throws {
        let scene = try await Scene()
        let whole = Array("Grüße".utf8)
        let refusal = await #expect(throws: Refusal.self) {
            try await upload(Array(whole.prefix(3)), as: "text/plain", in: scene)
        }
        #expect(refusal?.reason == .unsupported)
    }

    @Test func aCharacterMayStandOnTheBorderOfTwoPieces() async throws {
        let scene = try await Scene()
        let bytes = Array("\u{FEFF}Grüße, 契約書 😀".utf8)
        let upload = try await files(scene).begin(for: scene.ana, filename: "a.txt", mediaType: "text/plain")
        for byte in bytes { try await upload.append([byte]) }
        let file = try await files(scene).complete(upload, for: scene.ana, idempotency: nil).file
        #expect(try await scene.gate.read { try $0.bytes(of: file.id) } == bytes)
    }

    @Test func whatIsNoTextMayBeAnyBytes() async throws {
        let scene = try await Scene()
        for type in ["image/png", "application/octet-stream", "application/zip"] {
            #expect(try await upload([0xFF, 0xC3], as: type, in: scene).file.bytes == 2)
        }
    }

    @Test func anotherAccountsFileDoesNotExist() async throws {
        let scene = try await Scene()
        let file = try await upload([1], as: "text/plain", in: scene).file
        await #expect(throws: Refusal.self) { try await files(scene).file(file.id, for: scene.boris) }
        await #expect(throws: Refusal.self) { try await files(scene).check([file.id], for: scene.boris) }
    }

    @Test func theSameUploadTwiceIsOneFile() async throws {
        let scene = try await Scene()
        let key = IdempotencyKey(path: "/files", key: "k", request: [1])
        let first = try await upload([1, 2], as: "text/plain", in: scene, key: key)
        let second = try await upload([1, 2], as: "text/plain", in: scene, key: key)
        #expect(second.isRepeated)
        #expect(first.file.id == second.file.id)
    }

    @Test func aTextFileBecomesPartOfTheQuestion() async throws {
        let scene = try await Scene()
        let file = try await upload(Array("milk, eggs".utf8), as: "text/plain", in: scene).file
        let question = Question(messages: [Message(role: .user, parts: [.text("What is on it?"), .file(id: file.id)])])
        let order = Runs.Order(principal: scene.ana, agent: scene.agent, conversation: nil, question: question)
        _ = try await scene.runs.start(order)
        let parts = await scene.upstream.question(1).prompt.turns[0].parts
        #expect(parts == [.text("What is on it?"), .text("File “note.txt”:\n\nmilk, eggs")])
    }

    @Test func aPictureGoesToTheModelAsAPicture() async throws {
        let scene = try await Scene()
        let file = try await upload([1, 2, 3], as: "image/png", in: scene).file
        let question = Question(messages: [Message(role: .user, parts: [.file(id: file.id)])])
        let order = Runs.Order(principal: scene.ana, agent: scene.agent, conversation: nil, question: question)
        _ = try await scene.runs.start(order)
        let parts = await scene.upstream.question(1).prompt.turns[0].parts
        #expect(parts == [.image(url: "data:image/png;base64,AQID")])
    }

    @Test func whatAModelCannotReadIsRefused() async throws {
        let scene = try await Scene()
        let file = try await upload([1], as: "application/zip", in: scene).file
        let refusal = await #expect(throws: Refusal.self) { try await files(scene).check([file.id], for: scene.ana) }
        #expect(refusal?.reason == .unsupported)
        #expect(refusal?.field == "files[0]")
    }
}
