import Domain
import TestKit
import Testing

/// Documents on their way to passages, whatever happens to whoever works on them.
@Suite(.timeLimit(.minutes(1))) struct IndexerTests {
    @Test func aDocumentIsSplitAndThenFound() async throws {
        let study = try await Study()
        try await study.source("charts")
        let brought = try await study.bring("# Tides\nnoon and night\n\nlantern", into: "charts").document
        #expect(brought.status == .pending && brought.task == .split && brought.progress == 0)
        try await study.work(study.compass)
        let done = try #require(try await study.document(brought.id))
        #expect(done.status == .indexed && done.task == .nothing && done.failure == nil && done.progress == 1)
        #expect(done.passages == 2 && done.indexed == 2)
        let passages = try await study.passages(of: brought.id)
        #expect(passages.map(\.text) == ["noon and night", "lantern"])
        #expect(passages.map(\.heading) == ["Tides", ""] && passages.map(\.line) == [1, 4])
        #expect(try await study.found("tides", in: ["charts"]) == ["noon and night"], "a heading is looked at too")
        #expect(study.compass.asked == [["Tides\nnoon and night", "lantern"]])
    }

    @Test func whatNobodyHasSaidToSplitIsLeftAlone() async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring("tide\n\nebb", into: "charts", indexes: nil).document.id
        #expect(try await !study.indexer().workOnce())
        #expect(study.reader.names == [])
        let refusal = await #expect(throws: Refusal.self) { try await study.knowledge.index(id, for: study.ana) }
        #expect(refusal?.reason == .conflict)
        _ = try await study.knowledge.split(id, by: .usual, indexes: false, for: study.ana)
        try await study.work()
        #expect(try await study.document(id)?.status == .splitted)
        #expect(try await study.found("tide", in: ["charts"]) == [])
        _ = try await study.knowledge.index(id, for: study.ana)
        try await study.work()
        #expect(try await study.document(id)?.status == .indexed)
        #expect(try await study.found("tide", in: ["charts"]) == ["tide"])
        #expect(study.reader.names.count == 1)
    }

    @Test func aDocumentThatIsSplitOtherwiseHasItsNewPassagesOnly() async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let id = try await study.bring("tide\nnoon\n\nebb tide\nnight", into: "charts").document.id
        try await study.work(study.compass)
        let before = try await study.passages(of: id)
        let lines = Splitting(.lines, quantity: 1, overlap: 0)
        let again = try await study.knowledge.split(id, by: lines, indexes: true, for: study.ana)
        #expect(again.status == .pending)
        try await study.work(study.compass)
        let after = try await study.passages(of: id)
        #expect(after.map(\.text) == ["tide", "noon", "ebb tide", "night"])
        #expect(Set(after.map(\.number)).isDisjoint(with: before.map(\.number)))
        #expect(try await study.vectors(of: charts).sorted() == after.map(\.number))
        #expect(Set(try await study.found("tide", in: ["charts"])) == ["tide", "ebb tide"])
        _ = try await study.knowledge.split(id, by: lines, indexes: true, for: study.ana)
        #expect(try await !study.indexer().workOnce(), "it is split like that already")
        #expect(study.reader.names.count == 2)
    }

    @Test func anIndexGoesOnWhereItsWorkerWasStopped() async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let id = try await study.bring(Study.paragraphs(120), into: "charts").document.id
        study.compass.barrier.close(after: 2)
        let worker = Task { try await study.indexer(study.compass).workOnce() }
        await study.compass.barrier.untilHeld()
        #expect(try await study.document(id)?.indexed == 100)
        #expect((try await study.document(id)).map { $0.progress > 0.8 && $0.progress < 0.9 } == true)
        worker.cancel()
        study.compass.barrier.open()
        _ = try await worker.value
        #expect(try await study.document(id)?.indexed == 100)
        #expect(try await study.found("tide", in: ["charts"]).count == 99, "what is done is found")
        // Given back, not kept until its time is over.
        #expect(try await study.indexer(study.compass).workOnce())
        #expect(try await study.document(id)?.status == .indexed)
        #expect(study.compass.asked.map(\.count) == [50, 50, 20, 20] && study.reader.names.count == 1)
        #expect(study.compass.asked[2] == study.compass.asked[3])
        let numbers = try await study.passages(of: id).map(\.number)
        #expect(try await study.vectors(of: charts).sorted() == numbers)
    }

    @Test func aDocumentOfADeadWorkerIsTakenWhenItsTimeIsOver() async throws {
        let study = try await Study()
        try await study.source("charts")
        let document = try await study.bring(Study.paragraphs(60), into: "charts").document
        let now = study.scene.clock.now
        // Killed between two batches.
        try await study.scene.gate.write { rows in
            _ = try rows.takeDocument(at: now, until: now.adding(seconds: 60))
            try rows.insert(
                (0..<50).map { place in
                    let cutting = Cutting(heading: "", text: "tide half done", line: 1)
                    return Passage(source: document.source, document: document.id, place: place, cutting: cutting)
                })
        }
        study.scene.clock.advance(by: .milliseconds(59_999))
        #expect(try await !study.indexer().workOnce())
        study.scene.clock.advance(by: .milliseconds(1))
        #expect(try await study.indexer().workOnce())
        let passages = try await study.passages(of: document.id)
        #expect(passages.map(\.place) == Array(0..<60) && passages.allSatisfy { $0.text.hasPrefix("tide number") })
        #expect(try await study.found("done", in: ["charts"]) == [])
    }

    @Test func aWorkerThatIsStoppedWhileItReadsGivesTheDocumentBack() async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring("tide\n\nebb", into: "charts").document.id
        study.reader.barrier.close()
        let worker = Task { try await study.indexer().workOnce() }
        await study.reader.barrier.untilHeld()
        worker.cancel()
        study.reader.barrier.open()
        _ = try await worker.value
        #expect(try await study.document(id)?.task == .split)
        #expect(try await study.indexer().workOnce())
        #expect(try await study.passages(of: id).map(\.text) == ["tide", "ebb"])
    }

    @Test func whatCannotBeReadFailsWithWordsAndIsNotTriedAgain() async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring("tide", into: "charts").document.id
        study.reader.fail(with: Refusal(.unsupported, "The file has no text in it."))
        try await study.work()
        let failed = try #require(try await study.document(id))
        #expect(failed.status == .failed && failed.task == .nothing && failed.progress == 0)
        #expect(failed.failure == "The file has no text in it.")
        study.scene.clock.advance(by: .seconds(3600))
        #expect(try await !study.indexer().workOnce())
        study.reader.fail(with: nil)
        _ = try await study.knowledge.split(id, by: .usual, indexes: true, for: study.ana)
        try await study.work()
        #expect(try await study.document(id)?.failure == nil)
        #expect(try await study.found("tide", in: ["charts"]) == ["tide"])
    }

    @Test func oneThatFailsDoesNotKeepOthersWaiting() async throws {
        let study = try await Study()
        try await study.source("charts")
        try await study.bring("broken", named: "a.txt", into: "charts")
        study.scene.clock.advance(by: .milliseconds(1))
        try await study.bring("tide", named: "b.txt", into: "charts")
        study.reader.fail(with: Paragraphs.Surprise())
        #expect(try await study.indexer().workOnce())
        study.reader.fail(with: nil)
        try await study.work()
        #expect(try await study.found("tide", in: ["charts"]) == ["tide"])
    }

    @Test func aModelThatIsAwayIsAskedAgainLater() async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let id = try await study.bring("tide\n\nebb", into: "charts").document.id
        study.compass.fail(with: Refusal(.unavailable, "“compass” does not answer."))
        try await study.work(study.compass)
        let waiting = try #require(try await study.document(id))
        #expect(waiting.status == .splitted && waiting.task == .index)
        #expect(waiting.failure == "“compass” does not answer.")
        study.compass.fail(with: nil)
        study.scene.clock.advance(by: .milliseconds(9999))
        #expect(try await !study.indexer(study.compass).workOnce())
        study.scene.clock.advance(by: .milliseconds(1))
        try await study.work(study.compass)
        let done = try #require(try await study.document(id))
        #expect(done.status == .indexed && done.failure == nil && done.indexed == 2)
        #expect(try await study.vectors(of: charts).count == 2 && study.reader.names.count == 1)
    }

    @Test func aDocumentWhoseFileIsGoneFails() async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring("tide", into: "charts").document.id
        try await study.scene.gate.write { try $0.removeFile(id: id) }
        try await study.work()
        #expect(try await study.document(id)?.status == .failed)
        #expect(try await study.document(id)?.failure?.contains("no longer kept") == true)
    }

    @Test func anEmptyDocumentIsDoneWithNothing() async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring("", into: "charts").document.id
        try await study.work(study.compass)
        let done = try #require(try await study.document(id))
        #expect(done.status == .indexed && done.passages == 0 && done.progress == 1)
        #expect(study.compass.asked == [])
    }

    @Test func aPassageThatIsRemovedBeforeItsTurnIsNotMissed() async throws {
        let study = try await Study()
        try await study.source("charts")
        let id = try await study.bring(Study.paragraphs(60), into: "charts", indexes: nil).document.id
        _ = try await study.knowledge.split(id, by: .usual, indexes: false, for: study.ana)
        try await study.work()
        for place in [0, 49, 50, 59] {
            try await study.knowledge.remove(PassageName(document: id, place: place), from: "charts", for: study.ana)
        }
        _ = try await study.knowledge.index(id, for: study.ana)
        try await study.work()
        #expect(try await study.document(id)?.status == .indexed)
        #expect(try await study.found("tide", in: ["charts"]).count == 56)
    }

    @Test func itWorksByItselfWhenSomethingComes() async throws {
        let study = try await Study()
        try await study.source("charts")
        let worker = Task { await study.indexer().work() }
        await study.scene.clock.untilSleeps(1)
        let id = try await study.bring("tide", into: "charts").document.id
        try await until { try await study.document(id)?.status == .indexed }
        worker.cancel()
        await worker.value
    }
}
