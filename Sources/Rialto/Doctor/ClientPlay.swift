import Domain
import Surfaces
import Wire

/// The doctor in the role of a client: asks the guide with a token of its own, and reads the stream as one would.
struct ClientPlay: Sendable {
    private static let tokenSeconds = 60

    let house: House
    let edition: Client.Edition

    init(_ house: House, _ edition: Client.Edition) {
        self.house = house
        self.edition = edition
    }

    private var name: String { "\(edition.rawValue) client" }
    private var base: String { edition == .marketplace ? "/api/v1" : "/v1" }
    private var path: String { base + "/chat/completions" }

    /// nil where there is no client of this edition.
    func finding(_ caller: Caller) async -> Finding? {
        let clients = house.directory.snapshot.clients.values.filter { $0.edition == edition }.sorted { $0.id < $1.id }
        guard !clients.isEmpty else { return nil }
        guard let client = clients.first(where: mayAskTheGuide) else {
            return .note(name, "Not played: no client of this edition may ask the guide.")
        }
        do {
            let token = try await token(for: client)
            // The doctor chooses the name, so that it can clear up however the answer ends.
            let conversation = house.world.newID().uuid
            let finding = await asking(client, in: conversation, caller, token)
            let problem = await clearing(conversation, caller, token)
            guard finding.state == .ok, let problem else { return finding }
            return .wrong(
                name, "\(client.id) was answered, but could not delete its conversation \(conversation): \(problem).",
                mend: "Look at the server's log.")
        } catch {
            return unanswered(client, caller, error)
        }
    }

    private func asking(
        _ client: Client, in conversation: String, _ caller: Caller, _ token: String
    ) async -> Finding {
        do {
            let answer = try await caller.post(
                path, Self.question(in: conversation).render(), proof: .token(token))
            guard let problem = StreamReading.problem(of: answer) else {
                return .ok(name, "\(client.id) asked the guide and was answered in a stream.")
            }
            let request = answer.requestID.map { " for the request \($0)" } ?? ""
            return .wrong(
                name, "\(client.id) asked the guide at \(caller.url)\(path): \(problem).",
                mend: "Look at the server's log\(request).")
        } catch {
            return unanswered(client, caller, error)
        }
    }

    private func unanswered(_ client: Client, _ caller: Caller, _ error: any Error) -> Finding {
        .wrong(
            name, "\(client.id) could not ask the guide at \(caller.url)\(path): \(Doctor.words(error)).",
            mend: "Look at the server's log.")
    }

    /// Deletes what the play has made.
    /// - Returns: a clause that says why it is still there, or nil.
    private func clearing(_ conversation: String, _ caller: Caller, _ token: String) async -> String? {
        do {
            let answer = try await caller.delete("\(base)/conversations/\(conversation)", proof: .token(token))
            return answer.status == 200 ? nil : "it answered \(answer.status)"
        } catch {
            return Doctor.words(error)
        }
    }

    private func mayAskTheGuide(_ client: Client) -> Bool {
        guard let guide = house.guide?.agent else { return false }
        return guide.account == client.account && client.mayUse(agent: guide)
            && Scope.allowsChat(Set(client.scopes))
    }

    private func token(for client: Client) async throws -> String {
        var limits = house.limits
        limits.marketplaceTokenSeconds = Self.tokenSeconds
        limits.saasTokenSeconds = Self.tokenSeconds
        return try await house.accessTokens(limits).issue(for: client, scopes: client.scopes).token
    }

    private static func question(in conversation: String) -> JSON {
        [
            "model": "AGENTIC STAR", "stream": true, "agentId": .string(Agent.guideCode),
            "conversationId": .string(conversation),
            "messages": [["role": "user", "content": "What is Rialto?"]],
        ]
    }
}
