import Domain
import TestKit
import Testing

/// What becomes of a document of which somebody wants something else while it is worked on.
@Suite(.timeLimit(.minutes(1))) struct MeddlingTests {
    @Test func aSourceThatIsRemovedWhileItIsIndexedLeavesNothing() async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let id = try await study.bring(Study.paragraphs(120), into: "charts").document.id
        study.compass.barrier.close(after: 1)
        let worker = Task { try await study.indexer(study.compass).workOnce() }
        await study.compass.barrier.untilHeld()
        try await study.knowledge.remove("charts", for: study.ana)
        study.compass.barrier.open()
        _ = try await worker.value
        #expect(try await study.document(id) == nil)
        #expect(try await study.passages(of: id) == [])
        #expect(try await study.vectors(of: charts) == [])
        #expect(try await !study.indexer().workOnce())
    }

    @Test func aDocumentThatIsRemovedWhileItIsReadLeavesNothing() async throws {
        let study = try await Study()
        try await study.source("charts")
        let document = try await study.bring("tide\n\nebb", into: "charts").document
        study.reader.barrier.close()
        let worker = Task { try await study.indexer().workOnce() }
        await study.reader.barrier.untilHeld()
        try await study.knowledge.remove(document)
        study.reader.barrier.open()
        _ = try await worker.value
        #expect(try await study.passages(of: document.id) == [])
        #expect(try await study.scene.gate.read { try $0.file(id: document.id) } == nil)
    }

    @Test func aDocumentThatIsSplitOtherwiseMeanwhileIsBegunAnew() async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let id = try await study.bring("tide\nnoon\n\nebb\nnight", into: "charts").document.id
        study.compass.barrier.close()
        let worker = Task { try await study.indexer(study.compass).workOnce() }
        await study.compass.barrier.untilHeld()
        let lines = Splitting(.lines, quantity: 1, overlap: 0)
        _ = try await study.knowledge.split(id, by: lines, indexes: true, for: study.ana)
        study.compass.barrier.open()
        _ = try await worker.value
        try await study.work(study.compass)
        let passages = try await study.passages(of: id)
        #expect(passages.map(\.text) == ["tide", "noon", "ebb", "night"])
        #expect(try await study.vectors(of: charts).sorted() == passages.map(\.number))
    }

    @Test func whoWantsAnIndexWhileADocumentIsSplitDisturbsNobody() async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring(Study.paragraphs(60), into: "charts", indexes: false).document.id
        study.reader.barrier.close()
        let worker = Task { try await study.indexer().workOnce() }
        await study.reader.barrier.untilHeld()
        _ = try await study.knowledge.index(id, for: study.ana)
        let other = Paragraphs()
        #expect(try await !study.indexer(by: other).workOnce())
        #expect(other.names == [], "somebody is at work on it")
        study.reader.barrier.open()
        _ = try await worker.value
        try await study.work()
        #expect(try await study.document(id)?.status == .indexed)
        #expect(try await study.found("tide", in: ["charts"]).count == 60)
    }

    /// Two servers: the first has written all passages and is about to say so, when the second begins.
    @Test(arguments: [true, false]) func twoServersLoseNoPassageBetweenThem(splitsAgain: Bool) async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring(Study.paragraphs(60), into: "charts", indexes: false).document.id
        let (first, second) = (BarredStore(study.scene.gate), BarredStore(study.scene.gate))
        // It takes the document, looks for old passages, and writes two batches of new ones.
        first.barrier.close(after: 4)
        let worker = Task { try await study.indexer(on: first).workOnce() }
        await first.barrier.untilHeld()
        #expect(try await study.passages(of: id).count == 60)
        if splitsAgain {
            _ = try await study.knowledge.split(id, by: .usual, indexes: true, for: study.ana)
        } else {
            _ = try await study.knowledge.index(id, for: study.ana)
        }
        // It takes the document, if it may, and removes what it finds.
        second.barrier.close(after: 2)
        let other = Errand { _ = try await study.indexer(on: second).workOnce() }
        try await until { second.barrier.isInTheWay || other.isOver }
        first.barrier.open()
        _ = try await worker.value
        second.barrier.open()
        try await other.finish()
        try await study.work()
        #expect(try await study.passages(of: id).map(\.place) == Array(0..<60))
        #expect(try await study.document(id)?.status == .indexed)
        #expect(try await study.found("tide", in: ["charts"]).count == 60)
    }

    @Test func whoWantsAnIndexTwiceGetsNoVectorTwice() async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let id = try await study.bring(Study.paragraphs(120), into: "charts").document.id
        study.compass.barrier.close()
        let worker = Task { try await study.indexer(study.compass).workOnce() }
        await study.compass.barrier.untilHeld()
        _ = try await study.knowledge.index(id, for: study.ana)
        // Another server, which may take the document or not: it gets as far as its second batch.
        let second = Compass()
        second.barrier.close(after: 1)
        let other = Errand { _ = try await study.indexer(second).workOnce() }
        try await until { second.barrier.isInTheWay || other.isOver }
        study.compass.barrier.open()
        _ = try await worker.value
        second.barrier.open()
        try await other.finish()
        try await study.work(study.compass)
        let numbers = try await study.passages(of: id).map(\.number)
        #expect(try await study.vectors(of: charts).sorted() == numbers)
    }
}
