import Domain
import TestKit
import Testing

/// Sources, and files on their way into them.
@Suite struct KnowledgeTests {
    private static func refusal(_ work: () async throws -> Void) async -> Refusal? {
        do {
            try await work()
            return nil
        } catch {
            return error as? Refusal
        }
    }

    @Test func aSlugInUseIsRefusedWhoeverHasIt() async throws {
        let study = try await Study()
        try await study.source("charts", .personal, for: study.carla)
        for viewer in [study.ana, study.carla, study.operatorOfMain] {
            let refusal = await Self.refusal { try await study.source("charts", for: viewer) }
            #expect(refusal?.reason == .conflict && refusal?.field == "slug")
        }
        #expect(try await study.source("charts", for: study.boris).account == study.boris.account)
    }

    @Test func theSameRequestTwiceMakesOneSource() async throws {
        let study = try await Study()
        let draft = Knowledge.Draft(slug: "charts", name: "Charts")
        func add(_ request: String, for viewer: Knowledge.Viewer) async throws -> (source: Source, isRepeated: Bool) {
            let key = IdempotencyKey(path: "/sources", key: "k", request: Array(request.utf8))
            return try await study.knowledge.add(draft, by: viewer, idempotency: key)
        }
        let first = try await add("body", for: study.ana)
        let again = try await add("body", for: study.ana)
        #expect(!first.isRepeated && again.isRepeated && again.source == first.source)
        #expect(await Self.refusal { _ = try await add("other", for: study.ana) }?.reason == .mismatch)
        #expect(await Self.refusal { _ = try await add("body", for: study.carla) }?.reason == .conflict)
        try await study.knowledge.remove("charts", for: study.ana)
        #expect(await Self.refusal { _ = try await add("body", for: study.ana) }?.reason == .gone)
    }

    @Test(arguments: ["", "Charts", "-a", "_a", "a b", "a/b", "é", String(repeating: "a", count: 65)])
    func someWordsAreNoSlugs(slug: String) async throws {
        let study = try await Study()
        let refusal = await Self.refusal { try await study.source(slug) }
        #expect(refusal?.reason == .invalid && refusal?.field == "slug")
    }

    @Test func aNameIsSomeTextButNotAnyLength() async throws {
        let study = try await Study()
        for name in ["", String(repeating: "n", count: 201)] {
            let refusal = await Self.refusal {
                _ = try await study.knowledge.add(.init(slug: "charts", name: name), by: study.ana)
            }
            #expect(refusal?.field == "name")
        }
        var draft = Knowledge.Draft(slug: "charts", name: "Charts")
        draft.about = String(repeating: "a", count: 10_001)
        let long = draft
        #expect(await Self.refusal { _ = try await study.knowledge.add(long, by: study.ana) }?.field == "description")
        #expect(try await study.knowledge.list(for: study.operatorOfMain) == [])
    }

    @Test func aPersonalSourceDoesNotExistForOthers() async throws {
        let study = try await Study()
        let diary = try await study.source("diary", .personal)
        let document = try await study.bring("tide at noon", into: "diary").document
        try await study.work()
        let name = PassageName(document: document.id, place: 0)
        for viewer in [study.carla, study.boris] {
            let knowledge = study.knowledge
            let looks: [() async throws -> Void] = [
                { _ = try await knowledge.source("diary", for: viewer) },
                { _ = try await knowledge.documents(of: "diary", for: viewer) },
                { _ = try await knowledge.document(document.id, for: viewer) },
                { _ = try await knowledge.passages(of: "diary", for: viewer, offset: 0, limit: 9) },
                { try await knowledge.remove(name, from: "diary", for: viewer) },
                { try await knowledge.removePassages(of: "diary", standalone: nil, for: viewer) },
                { try await knowledge.remove("diary", for: viewer) },
                { _ = try await knowledge.split(document.id, by: .usual, indexes: true, for: viewer) },
                { _ = try await knowledge.index(document.id, for: viewer) },
                { try await study.bring("mine", into: "diary", for: viewer) },
            ]
            for look in looks { #expect(await Self.refusal(look)?.reason == .notFound) }
            #expect(try await study.knowledge.list(for: viewer) == [])
            #expect(try await study.found("tide", in: ["diary"], for: viewer) == [])
        }
        for viewer in [study.ana, study.operatorOfMain] {
            #expect(try await study.knowledge.list(for: viewer) == [diary])
            #expect(try await study.found("tide", in: ["diary"], for: viewer) == ["tide at noon"])
        }
    }

    @Test func whatTheAccountMaySeeAllOfItSees() async throws {
        let study = try await Study()
        try await study.source("zebra", for: study.operatorOfMain)
        try await study.source("charts", for: study.carla)
        try await study.source("diary", .personal)
        #expect(try await study.knowledge.list(for: study.ana).map(\.slug) == ["charts", "diary", "zebra"])
        #expect(try await study.knowledge.list(for: study.carla).map(\.slug) == ["charts", "zebra"])
        #expect(try await study.knowledge.list(for: study.boris) == [])
    }

    @Test func aSourceGoesWithEverythingInIt() async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let kept = try await study.source("kept")
        let big = try await study.bring(Study.paragraphs(450), into: "charts").document
        let small = try await study.bring("tide", named: "small.txt", into: "charts", indexes: nil).document
        try await study.bring("tide that stays", into: "kept")
        try await study.work(study.compass)
        #expect(try await study.vectors(of: charts).count == 450)
        try await study.knowledge.remove("charts", for: study.carla)
        for document in [big, small] {
            #expect(try await study.document(document.id) == nil)
            #expect(try await study.passages(of: document.id) == [])
            #expect(try await study.scene.gate.read { try $0.file(id: document.id) } == nil)
            #expect(try await study.scene.gate.read { try $0.bytes(of: document.id) } == [])
        }
        #expect(try await study.vectors(of: charts) == [])
        #expect(
            try await study.library().find("tide", in: [charts, kept], limit: 9).map(\.passage.text) == [
                "tide that stays"
            ])
        #expect(try await study.knowledge.list(for: study.ana) == [kept])
        try await study.source("charts")
        #expect(try await study.found("tide", in: ["charts"]) == [])
    }

    @Test func anUnchangedFileCostsNothing() async throws {
        let study = try await Study()
        try await study.source("charts")
        let first = try await study.bring("tide at noon", into: "charts")
        try await study.work(study.compass)
        let again = try await study.bring("tide at noon", into: "charts")
        try await study.work(study.compass)
        #expect(!first.isUnchanged && again.isUnchanged && again.document.id == first.document.id)
        #expect(study.reader.names == ["book.txt"] && study.compass.asked.count == 1)
        #expect(try await study.knowledge.documents(of: "charts", for: study.ana).count == 1)
        #expect(try await study.scene.gate.read { try $0.bytes(of: first.document.id) } == Array("tide at noon".utf8))
    }

    @Test func aFileIsAnotherByItsNameItsBytesOrItsSplitting() async throws {
        let study = try await Study()
        try await study.source("charts")
        try await study.source("other")
        try await study.bring("tide", into: "charts")
        try await study.work()
        #expect(try await !study.bring("tide", named: "b.txt", into: "charts").isUnchanged)
        #expect(try await !study.bring("tide.", into: "charts").isUnchanged)
        #expect(
            try await !study.bring("tide", into: "charts", by: Splitting(.lines, quantity: 1, overlap: 0)).isUnchanged)
        #expect(try await !study.bring("tide", into: "other").isUnchanged)
        try await study.work()
        #expect(study.reader.names.count == 5)
    }

    @Test func aChangedFileTakesThePlaceOfTheOlderOne() async throws {
        let study = try await Study()
        try await study.source("charts")
        try await study.bring("tide at noon", into: "charts")
        try await study.bring("ebb", named: "other.txt", into: "charts")
        try await study.work()
        study.scene.clock.advance(by: .milliseconds(1))
        let newer = try await study.bring("tide at midnight", into: "charts").document
        try await study.work()
        #expect(Set(try await study.found("tide", in: ["charts"])) == ["tide at noon", "tide at midnight"])
        try await study.knowledge.removeOlder(than: newer)
        #expect(try await study.found("tide", in: ["charts"]) == ["tide at midnight"])
        #expect(try await study.found("ebb", in: ["charts"]) == ["ebb"])
        #expect(try await study.bring("tide at midnight", into: "charts").isUnchanged)
    }

    @Test func aFileThatCameToNothingIsTriedAgainWhenItComesAgain() async throws {
        let study = try await Study()
        try await study.source("charts")
        study.reader.fail(with: Refusal(.unsupported, "It has no text."))
        try await study.bring("tide", into: "charts")
        try await study.work()
        study.reader.fail(with: nil)
        #expect(try await !study.bring("tide", into: "charts").isUnchanged)
        try await study.work()
        #expect(try await study.found("tide", in: ["charts"]) == ["tide"])
    }

    @Test func aFileThatLiesThereUnsplitIsIndexedWhenSomebodyWantsThat() async throws {
        let study = try await Study()
        try await study.source("charts")
        try await study.bring("tide", into: "charts", indexes: nil)
        try await study.work()
        try await study.bring("tide", into: "charts", indexes: true)
        try await study.work()
        #expect(try await study.found("tide", in: ["charts"]) == ["tide"])
    }

    @Test func aFileHasItsLimit() async throws {
        let study = try await Study { $0.documentBytes = 10 }
        try await study.source("charts")
        let refusal = await Self.refusal { try await study.bring("eleven bytes", into: "charts") }
        #expect(refusal?.reason == .tooLarge)
        #expect(try await study.knowledge.documents(of: "charts", for: study.ana) == [])
        #expect(await Self.refusal { try await study.bring("x", into: "nowhere") }?.reason == .notFound)
    }

    @Test func aPassageIsRemovedByItsNameFromItsOwnSourceOnly() async throws {
        let study = try await Study()
        try await study.source("charts")
        try await study.source("other")
        let document = try await study.bring("tide\n\nebb tide", into: "charts").document
        try await study.work()
        let name = PassageName(document: document.id, place: 1)
        let knowledge = study.knowledge
        let foreign = await Self.refusal { try await knowledge.remove(name, from: "other", for: study.ana) }
        #expect(foreign?.reason == .notFound)
        try await knowledge.remove(name, from: "charts", for: study.ana)
        #expect(try await study.found("tide", in: ["charts"]) == ["tide"])
        let left = try #require(try await study.document(document.id))
        #expect(left.passages == 1 && left.indexed == 1 && left.status == .indexed)
        let again = await Self.refusal { try await knowledge.remove(name, from: "charts", for: study.ana) }
        #expect(again?.reason == .notFound)
    }

    @Test(arguments: [(nil, []), (true, ["big.txt"]), (false, ["small.txt"])] as [(Bool?, [String])])
    func aSourceIsEmptiedOfAllOrOfWholeDocumentsOrOfParts(standalone: Bool?, left: [String]) async throws {
        let study = try await Study()
        try await study.source("charts")
        try await study.bring("tide", named: "small.txt", into: "charts")
        try await study.bring("tide\n\ntide", named: "big.txt", into: "charts")
        try await study.work()
        try await study.knowledge.removePassages(of: "charts", standalone: standalone, for: study.ana)
        #expect(try await study.knowledge.documents(of: "charts", for: study.ana).map(\.name) == left)
        let page = try await study.knowledge.passages(of: "charts", for: study.ana, offset: 0, limit: 9)
        #expect(page.total == (left == ["big.txt"] ? 2 : left.count))
    }
}
