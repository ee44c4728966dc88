package import Domain
import Wire

/// From the domain's values to this dialect's answers.
extension Rooms {
    static func render(_ room: Conversation, _ agent: Agent) -> JSON {
        // A room that a request made has the key's own user in it.
        let users = room.participants.isEmpty ? [0] : room.participants
        let joined = JSON.string(room.createdAt.plain)
        var people: JSON.Object = [:]
        for user in users {
            people["\(user)"] = ["id": .integer(user), "type": "USER", "joined_time": joined, "name": .null]
        }
        return [
            "id": .string(room.id),
            "participants_json": [
                "users": .object(people),
                "agents": [
                    "\(agent.number)": [
                        "id": .integer(agent.number), "type": "AGENT", "joined_time": joined,
                        "name": .string(agent.name),
                    ]
                ],
            ],
            "creator_id": .integer(users[0]), "properties_json": [:], "created_time": joined,
            "updated_time": .string(room.updatedAt.plain),
        ]
    }

    /// A request as `/status` and `/result` show it.
    func render(_ run: Run) async throws -> JSON {
        [
            "request_id": .string(run.id.uuid), "chat_room_id": .string(run.conversation),
            "status": .string(Self.word(run.status)),
            "failure_reason": run.refusal.map { .string($0.message) } ?? .null,
            "results": run.answer.isEmpty && run.status != .finished ? .null : ["output": .string(run.answer)],
            "artifact_metadata_json": .null,
            "request_params_json": .string(try await parameters(of: run).render()),
            "result_metadata_json": try await metadata(of: run), "requested_time": .string(run.createdAt.plain),
            "updated_time": .string((run.endedAt ?? run.createdAt).plain),
        ]
    }

    /// Where a request stands that waits for its turn, and in how many seconds it may have it.
    private func metadata(of run: Run) async throws -> JSON {
        guard run.status == .queued, let waiting = try await runs.waiting(run.id) else { return .null }
        return [
            "queue_position": .integer(Int64(waiting.place)),
            "estimated_wait_seconds": waiting.seconds.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    private static func word(_ status: Run.Status) -> String {
        switch status {
        case .queued: "PENDING"
        case .running: "PROCESSING"
        case .finished: "COMPLETED"
        case .failed: "FAILED"
        case .canceled: "CANCELED"
        }
    }

    /// What was asked, and from where.
    private func parameters(of run: Run) async throws -> JSON {
        var parameters: [JSON] = []
        for part in run.question.messages.flatMap(\.parts) {
            switch part {
            case .text(let text): parameters.append(["type": "text", "text": .string(text)])
            case .image(let url): parameters.append(["type": "file", "name": .null, "url": .string(url)])
            case .file(let id): parameters.append(try await Self.file(id, url: nil, files, run))
            case .link(let url, let id): parameters.append(try await Self.file(id, url: url, files, run))
            }
        }
        return [
            "method": "POST", "client": run.question.client.map { .string($0) } ?? .null,
            "params": .array(parameters),
        ]
    }
}

extension Rooms {
    private static func file(_ id: ID?, url: String?, _ files: Files, _ run: Run) async throws -> JSON {
        let name = if let id { try await files.name(of: id, account: run.account) } else { nil as String? }
        return [
            "type": "file", "name": name.map { .string($0) } ?? .null, "url": url.map { .string($0) } ?? .null,
        ]
    }

    /// A request that has ended, as its callback tells it: a result that is too large is left where it is.
    package func callbackBody(of run: Run) async throws -> [UInt8] {
        let told = try await render(run)
        let whole = Array(told.render().utf8)
        guard whole.count > limits.callbackBytes, var short = told.object else { return whole }
        short["results"] = .null
        short["request_params_json"] = .null
        short["result_url"] = .string("\(publicURL)\(Self.base)/\(run.agent)/\(run.id.uuid)/result")
        return Array(JSON.object(short).render().utf8)
    }
}

extension Timestamp {
    /// `2026-01-15T10:30:00`: UTC, as this dialect writes it.
    fileprivate var plain: String { String(iso8601.prefix(19)) }
}
