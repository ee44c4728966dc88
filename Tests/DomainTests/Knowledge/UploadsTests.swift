import Domain
import Foundation
import TestKit
import Testing

/// Files that come in two steps: a signed form, then the file with it.
@Suite struct UploadsTests {
    private static func uploads(_ study: Study) throws -> Uploads {
        Uploads(
            store: study.scene.gate, world: study.scene.clock.world, limits: study.limits, files: study.files,
            knowledge: study.knowledge, master: try MasterKey(bytes: Array(repeating: 3, count: 32)))
    }

    private static func open(
        _ study: Study, _ filename: String = "note.txt", for target: UploadTicket.Target = .context,
        expiration: Int? = nil, by principal: Principal? = nil
    ) async throws -> (ticket: UploadTicket, form: Uploads.Form) {
        let opened = try await uploads(study).open(
            filename, for: target, expiration: expiration, by: principal ?? study.scene.ana)
        return (opened.ticket, opened.form)
    }

    /// The file comes, and the server takes it.
    private static func send(_ text: String, with form: Uploads.Form, to study: Study) async throws {
        let uploads = try uploads(study)
        let (ticket, upload) = try await uploads.begin(form)
        do {
            try await upload.append(Array(text.utf8))
            try await uploads.finish(upload, ticket)
        } catch {
            await uploads.abandon(upload, ticket)
            throw error
        }
    }

    private static func refusal(_ work: () async throws -> Void) async -> Refusal? {
        do {
            try await work()
            return nil
        } catch {
            return error as? Refusal
        }
    }

    @Test func aFileThatComesWithItsFormIsThere() async throws {
        let study = try await Study()
        let (ticket, form) = try await Self.open(study)
        #expect(form.key == ticket.id.uuid)
        #expect(await Self.refusal { _ = try await study.files.file(ticket.id, for: study.scene.ana) } != nil)
        try await Self.send("tide", with: form, to: study)
        let file = try await study.files.file(ticket.id, for: study.scene.ana)
        #expect(file.filename == "note.txt" && file.mediaType == "text/plain" && file.bytes == 4)
        #expect(try await Self.uploads(study).ticket(ticket.id, for: study.scene.ana).isUsed)
        #expect(try await study.knowledge.list(for: study.ana) == [])
    }

    @Test func aFileForASourceLiesThereUntilItIsSplit() async throws {
        let study = try await Study()
        try await study.source("charts")
        let (ticket, form) = try await Self.open(study, "tides.md", for: .source("charts"))
        try await Self.send("tide at noon", with: form, to: study)
        let document = try await study.knowledge.document(ticket.id, for: study.ana)
        #expect(document.name == "tides.md" && document.status == .pending && document.task == .nothing)
        try await study.work()
        _ = try await study.knowledge.split(ticket.id, by: .usual, indexes: true, for: study.ana)
        try await study.work()
        #expect(try await study.found("tide", in: ["charts"]) == ["tide at noon"])
    }

    @Test func aFormIsGoodForOneFile() async throws {
        let study = try await Study()
        let (ticket, form) = try await Self.open(study)
        let uploads = try Self.uploads(study)
        let (_, upload) = try await uploads.begin(form)
        let meanwhile = await Self.refusal { _ = try await uploads.begin(form) }
        #expect(meanwhile?.reason == .gone && meanwhile?.field == "key")
        try await upload.append(Array("first".utf8))
        try await uploads.finish(upload, ticket)
        #expect(await Self.refusal { try await Self.send("second", with: form, to: study) }?.reason == .gone)
        let bytes = try await study.scene.gate.read { try $0.bytes(of: ticket.id) }
        #expect(bytes == Array("first".utf8))
    }

    @Test func theSameRequestTwiceOpensOnePlace() async throws {
        let study = try await Study()
        let uploads = try Self.uploads(study)
        let key = IdempotencyKey(path: "/uploads", key: "k", request: [1])
        let (first, form, _) = try await uploads.open(
            "note.txt", for: .context, expiration: nil, by: study.scene.ana, idempotency: key)
        study.scene.clock.advance(by: .seconds(9))
        let again = try await uploads.open(
            "note.txt", for: .context, expiration: nil, by: study.scene.ana, idempotency: key)
        #expect(again.isRepeated && again.ticket == first && again.form.policy == form.policy)
        try await Self.send("tide", with: again.form, to: study)
    }

    @Test func aFormExpires() async throws {
        let study = try await Study()
        let form = try await Self.open(study, expiration: 60).form
        let later = try await Self.open(study, expiration: 61).form
        study.scene.clock.advance(by: .seconds(60))
        let refusal = await Self.refusal { try await Self.send("tide", with: form, to: study) }
        #expect(refusal?.reason == .gone && refusal?.message.contains("expired") == true)
        #expect(await Self.refusal { try await Self.send("tide", with: later, to: study) } == nil)
    }

    @Test func aFormThatIsChangedByOneLetterIsRefused() async throws {
        let study = try await Study()
        let (ticket, form) = try await Self.open(study)
        let other = try await Self.open(study).form
        func changed(_ text: String, at place: Int) -> String {
            var letters = Array(text)
            letters[place] = letters[place] == "a" ? "b" : "a"
            return String(letters)
        }
        var forms: [Uploads.Form] = []
        for place in stride(from: 0, to: form.policy.count, by: 13) {
            forms.append(.init(key: form.key, policy: changed(form.policy, at: place), signature: form.signature))
        }
        for place in stride(from: 0, to: form.signature.count, by: 7) {
            forms.append(.init(key: form.key, policy: form.policy, signature: changed(form.signature, at: place)))
        }
        forms += [
            .init(key: other.key, policy: form.policy, signature: form.signature),
            .init(key: "nonsense", policy: form.policy, signature: form.signature),
            .init(key: study.scene.clock.world.newID().uuid, policy: form.policy, signature: form.signature),
            .init(key: form.key, policy: "", signature: form.signature),
            .init(key: form.key, policy: form.policy, signature: ""), .init(key: "", policy: "", signature: ""),
        ]
        for form in forms {
            let refusal = await Self.refusal { try await Self.send("tide", with: form, to: study) }
            #expect(refusal?.reason == .forbidden, "\(form)")
        }
        #expect(try await !Self.uploads(study).ticket(ticket.id, for: study.scene.ana).isUsed)
        try await Self.send("tide", with: form, to: study)
    }

    @Test func thePolicySaysWhatItAllows() async throws {
        let study = try await Study { $0.fileBytes = 77 }
        let form = try await Self.open(study).form
        let data = try #require(Data(base64Encoded: form.policy))
        let policy = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(policy["expiration"] as? String == study.scene.clock.now.adding(seconds: 3600).iso8601)
        let words = String(decoding: data, as: UTF8.self)
        #expect(words.contains(form.key) && words.contains("77"))
        #expect(form.signature.count == 64 && form.signature.allSatisfy { $0.isHexDigit })
    }

    @Test func anUploadThatFailedMayBeTriedAgain() async throws {
        let study = try await Study { $0.fileBytes = 8 }
        let (ticket, form) = try await Self.open(study)
        let large = await Self.refusal { try await Self.send("more than eight bytes", with: form, to: study) }
        #expect(large?.reason == .tooLarge)
        #expect(try await study.scene.gate.read { try $0.file(id: ticket.id) } == nil)
        #expect(try await !Self.uploads(study).ticket(ticket.id, for: study.scene.ana).isUsed)
        try await Self.send("eight!!!", with: form, to: study)
        #expect(try await study.files.file(ticket.id, for: study.scene.ana).bytes == 8)
    }

    @Test func aFileWhoseSourceIsGoneMeanwhileIsNotKept() async throws {
        let study = try await Study()
        try await study.source("charts")
        let (ticket, form) = try await Self.open(study, for: .source("charts"))
        try await study.knowledge.remove("charts", for: study.ana)
        #expect(await Self.refusal { try await Self.send("tide", with: form, to: study) }?.reason == .notFound)
        #expect(try await study.scene.gate.read { try $0.file(id: ticket.id) } == nil)
        #expect(try await study.scene.gate.read { try $0.document(id: ticket.id) } == nil)
    }

    @Test func eachTargetHasItsLimit() async throws {
        let study = try await Study {
            $0.fileBytes = 5
            $0.documentBytes = 9
        }
        try await study.source("charts")
        let (context, source) = (try await Self.open(study), try await Self.open(study, for: .source("charts")))
        #expect(try Self.uploads(study).mostBytes(context.ticket) == 5)
        #expect(try Self.uploads(study).mostBytes(source.ticket) == 9)
        #expect(await Self.refusal { try await Self.send("tide 1", with: context.form, to: study) }?.field == "file")
        #expect(await Self.refusal { try await Self.send("tide 1", with: source.form, to: study) } == nil)
    }

    @Test func anotherAccountsUploadDoesNotExist() async throws {
        let study = try await Study()
        let ticket = try await Self.open(study).ticket
        let uploads = try Self.uploads(study)
        #expect(try await uploads.ticket(ticket.id, for: study.scene.ana) == ticket)
        for id in [ticket.id, study.scene.clock.world.newID()] {
            let refusal = await Self.refusal { _ = try await uploads.ticket(id, for: study.scene.boris) }
            #expect(refusal?.reason == .notFound)
        }
    }

    @Test func aSourceThatIsNotVisibleTakesNoFile() async throws {
        let study = try await Study()
        try await study.source("diary", .personal)
        let carla = Principal(
            id: study.carla.principal ?? "", account: study.carla.account, agents: [], scopes: [Scope.chat])
        for principal in [carla, study.scene.boris] {
            let refusal = await Self.refusal { _ = try await Self.open(study, for: .source("diary"), by: principal) }
            #expect(refusal?.reason == .notFound && refusal?.field == "target_id")
        }
        #expect(await Self.refusal { _ = try await Self.open(study, for: .source("diary")) } == nil)
        #expect(await Self.refusal { _ = try await Self.open(study, for: .source("")) }?.reason == .notFound)
    }

    @Test(
        arguments: [
            ("note.txt", true, true), ("cat.png", true, false), ("book.pdf", false, true), ("film.mp4", false, false),
            ("main.swift", true, true), ("noending", false, false), ("", false, false),
            (String(repeating: "n", count: 998) + ".md", false, false), ("api.YAML", true, true),
        ])
    func aNameTellsWhatAFileIsGoodFor(name: String, forContext: Bool, forSource: Bool) async throws {
        let study = try await Study()
        try await study.source("charts")
        for (target, isGood) in [(UploadTicket.Target.context, forContext), (.source("charts"), forSource)] {
            let refusal = await Self.refusal { _ = try await Self.open(study, name, for: target) }
            #expect((refusal == nil) == isGood && (isGood || refusal?.field == "file_name"), "\(target)")
        }
    }

    @Test(arguments: [(nil, 3600), (1, 1), (3600, 3600), (3601, 3600), (.max, 3600)] as [(Int?, Int)])
    func aPlaceIsNotKeptForEver(asked: Int?, given: Int) async throws {
        let study = try await Study()
        let ticket = try await Self.open(study, expiration: asked).ticket
        #expect(ticket.expiresAt == study.scene.clock.now.adding(seconds: given))
    }

    @Test(arguments: [0, -1, .min]) func aPlaceIsKeptForSomeTime(asked: Int) async throws {
        let study = try await Study()
        let refusal = await Self.refusal { _ = try await Self.open(study, expiration: asked) }
        #expect(refusal?.reason == .invalid && refusal?.field == "expiration")
    }

    @Test func textThatIsNoTextIsRefusedWhileItComes() async throws {
        let study = try await Study()
        let uploads = try Self.uploads(study)
        let form = try await Self.open(study).form
        let (ticket, upload) = try await uploads.begin(form)
        #expect(await Self.refusal { try await upload.append([0xFF, 0xFE]) }?.reason == .unsupported)
        await uploads.abandon(upload, ticket)
        try await Self.send("tide", with: form, to: study)
    }
}
