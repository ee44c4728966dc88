import Domain
import Wire

/// From the domain's values to this dialect's answers.
extension StackSpot {
    /// The word for the end of a run that was canceled.
    static let canceledWord = "cancelled"

    /// What a request wants to be told beside the answer.
    struct Telling: Sendable {
        /// File names by the ids of the uploads that were asked about.
        var uploads: JSON.Object
        var sources: Bool
        /// Of the question, for whoever has to estimate its tokens.
        var inputBytes: Int
    }

    /// What an answer says beside its words, whole or at the end of a stream.
    struct Ending {
        private let run: Run
        private let uploads: JSON.Object
        var usage = Usage(inputTokens: 0, outputTokens: 0)
        /// Those that the model was given, if they are to be told.
        var passages: [UsedPassage] = []

        init(_ run: Run, _ telling: Telling) {
            self.run = run
            uploads = telling.uploads
        }

        func answer(_ message: String, _ stopReason: String, error: JSON? = nil) -> JSON {
            var answer: JSON.Object = [
                "message": .string(message), "stop_reason": .string(stopReason), "tokens": StackSpot.tokens(usage),
                "upload_ids": .object(uploads), "knowledge_source_id": .array(sourceIDs.map { .string($0.ulid) }),
                "source": .array(passages.map(StackSpot.render)), "cross_account_source": [], "tools_id": [],
                "conversation_id": StackSpot.conversation(of: run).map { .string($0) } ?? .null,
                "message_id": .string(run.answerID.ulid), "agent_info": [],
            ]
            answer["error"] = error
            return .object(answer)
        }

        /// Each once, the best first.
        private var sourceIDs: [ID] {
            var seen: Set<ID> = []
            return passages.map(\.source).filter { seen.insert($0).inserted }
        }
    }

    /// What the user said is all of the input that no knowledge source has added.
    private static func tokens(_ usage: Usage) -> JSON {
        let enrichment = min(usage.knowledgeTokens ?? 0, usage.inputTokens)
        return [
            "user": .integer(Int64(usage.inputTokens - enrichment)), "enrichment": .integer(Int64(enrichment)),
            "output": .integer(Int64(usage.outputTokens)), "input": .integer(Int64(usage.inputTokens)),
        ]
    }

    static func render(_ passage: UsedPassage) -> JSON {
        [
            "type": .string(passage.kind), "name": .string(passage.sourceName), "slug": .string(passage.slug),
            "document_type": .string(passage.mediaType), "document_score": .number(passage.score),
            "document_id": .string(passage.document.ulid),
            "id": .string(object(PassageName(document: passage.document, place: passage.place))),
        ]
    }

    /// A passage's name outside: `<document>-<place>`.
    static func object(_ name: PassageName) -> String { "\(name.document.ulid)-\(name.place)" }

    /// The conversation of a run as its clients are told it; nil for one of the run's own, which nobody asked for.
    static func conversation(of run: Run) -> String? {
        guard run.conversation != run.id.uuid else { return nil }
        // A name that is not spelled as we spell ids would not be found again by another spelling.
        guard let id = ID(uuid: run.conversation), id.uuid == run.conversation else { return run.conversation }
        return id.ulid
    }

    /// A run that is still being answered: neither a reason to stop nor tokens, which clients take for the end.
    static func progress(of run: Run) -> JSON {
        [
            "message": .string(run.answer), "status": .string(run.status.rawValue),
            "conversation_id": conversation(of: run).map { .string($0) } ?? .null,
            "message_id": .string(run.answerID.ulid),
        ]
    }
}
