import Foundation

/// From a run to the question a model is asked.
extension Runs {
    /// - Throws: what `start` would throw of a question that its agent cannot be asked.
    package func check(_ question: Question, of agent: Agent) throws {
        _ = try plan(for: agent, question)
    }

    /// The models to try, in order, with how to reach them.
    func plan(for agent: Agent, _ question: Question) throws -> [(source: UpstreamSettings, model: String)] {
        var first = agent.source
        if question.highPerformance || question.model == agent.highPerformanceModel,
            let model = agent.highPerformanceModel
        {
            first.model = model
        }
        let known = directory.snapshot.upstreams
        let plan = ([first] + agent.fallback).compactMap { source in
            known[source.upstream].map { (source: $0, model: source.model) }
        }
        guard !plan.isEmpty else {
            throw Refusal(.unavailable, "The agent “\(agent.code)” has no upstream that is set up.")
        }
        guard let model = question.model else { return plan }
        guard let chosen = plan.firstIndex(where: { $0.model == model }) else {
            throw Refusal.invalid("selected_model", "The agent “\(agent.code)” has no model “\(model)”.")
        }
        return [plan[chosen]] + plan[..<chosen] + plan[(chosen + 1)...]
    }

    /// What a model is given at most, but for what is new.
    private var roomBytes: Int { 2 * limits.bodyBytes }

    func prompt(
        for run: Run, _ agent: Agent, isContinued: Bool, _ knowing: Knowing?
    ) async throws -> Prompt {
        let question = run.question
        // What is new comes first out of the room there is; of what was said before, the newest that still fits.
        var room = roomBytes
        var turns = try await self.turns(of: question.messages, account: run.account, room: &room)
        // Right before what is asked, and not among what was said: it is looked up anew each time.
        if let knowing { turns.insert(knowing.turn, at: turns.lastIndex { $0.role == .user } ?? 0) }
        if question.asAgent {
            if isContinued {
                for earlier in try await history(before: run) {
                    guard earlier.reduce(0, { $0 + $1.bytes }) <= room else { break }
                    turns = try await self.turns(of: earlier, account: run.account, room: &room) + turns
                }
            }
            if let instructions = agent.instructions {
                turns.insert(Prompt.Turn(role: .system, parts: [.text(instructions)]), at: 0)
            }
        }
        var prompt = Prompt(model: "", turns: turns)
        prompt.temperature = question.temperature ?? agent.temperature
        prompt.maxOutputTokens = Self.least(question.maxOutputTokens, agent.maxOutputTokens)
        prompt.stop = question.stop
        prompt.user = question.user
        prompt.metadata = question.metadata
        prompt.knowledgeTokens = knowing?.tokens
        prompt.passthrough = question.passthrough
        return prompt
    }

    /// The agent's limit is the owner's word: a request may only ask for less.
    private static func least(_ asked: Int?, _ most: Int?) -> Int? {
        guard let asked, let most else { return asked ?? most }
        return min(asked, most)
    }

    /// What was said before, a list for each run, newest first.
    func history(before run: Run) async throws -> [[Message]] {
        let most = limits.historyTurns
        // Without the run itself, and those that wait behind it.
        var ended = RunPage(
            account: run.account, conversation: run.conversation, limit: most, bytes: roomBytes, newestFirst: true)
        ended.isOfEnded = true
        let page = ended
        return try await store.read { try $0.runs(page) }.map(\.turns)
    }

    private func turns(of messages: [Message], account: ID, room: inout Int) async throws -> [Prompt.Turn] {
        var turns: [Prompt.Turn] = []
        for message in messages {
            var parts: [Prompt.Turn.Part] = []
            for part in message.parts {
                switch part {
                case .text(let text):
                    room -= text.utf8.count
                    parts.append(.text(text))
                case .image(let url):
                    room -= url.utf8.count
                    parts.append(.image(url: url))
                case .file(let id), .link(_, .some(let id)):
                    parts.append(try await self.part(ofFile: id, account: account, room: &room))
                case .link(let url, nil): parts.append(.text("[The file \(url) was not fetched.]"))
                }
            }
            turns.append(Prompt.Turn(role: message.role, parts: parts))
        }
        return turns
    }

    private func part(ofFile id: ID, account: ID, room: inout Int) async throws -> Prompt.Turn.Part {
        let most = room
        let found = try await store.read { rows -> (file: StoredFile, bytes: [UInt8]?)? in
            guard let file = try rows.file(id: id), file.account == account, file.isComplete else { return nil }
            return (file, file.bytes <= most ? try rows.bytes(of: id) : nil)
        }
        guard let (file, bytes) = found else { return .text("[The file \(id) is no longer kept.]") }
        guard let bytes else { return .text("[The file “\(file.filename)” is left out: there is no room for it.]") }
        room -= bytes.count
        if file.use == .image {
            return .image(url: "data:\(file.mediaType);base64,\(Data(bytes).base64EncodedString())")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(.unsupported, "The file “\(file.filename)” is not UTF-8 text.", field: "files")
        }
        return .text("File “\(file.filename)”:\n\n\(text)")
    }
}

extension Run {
    /// What a later question sees of this run: nothing of one that failed or said nothing.
    package var turns: [Message] {
        guard status == .finished || status == .canceled, !answer.isEmpty else { return [] }
        return question.messages.filter { $0.role != .system && $0.role != .developer } + [Message(.assistant, answer)]
    }
}
