import Foundation

/// Fetches the files that a question names by their addresses, and keeps them as uploads.
package struct Links: Sendable {
    private let outbound: any Outbound
    private let files: Files
    private let world: World
    private let limits: Limits

    package init(outbound: any Outbound, files: Files, world: World, limits: Limits) {
        self.outbound = outbound
        self.files = files
        self.world = world
        self.limits = limits
    }

    /// - Throws: `invalid`, naming the field of an address that cannot be asked.
    package func check(_ urls: [String], field: String) throws(Refusal) {
        guard urls.count <= limits.partCount else {
            throw Refusal(.tooLarge, "A question may name \(limits.partCount) files.", field: field)
        }
        for (place, url) in urls.enumerated() {
            do {
                _ = try outbound.fetching(url, at: world.now())
            } catch {
                throw .invalid("\(field)[\(place)]", "\(field)[\(place)]: \(error.message)")
            }
        }
    }

    /// The question with its links fetched.
    /// - Throws: what kept a file from being fetched, or from being given to a model.
    func fetched(_ question: Question, for run: Run) async throws -> Question {
        var question = question
        let principal = Principal(id: run.principal, account: run.account, agents: [], scopes: [])
        for message in question.messages.indices {
            for part in question.messages[message].parts.indices {
                guard case .link(let url, nil) = question.messages[message].parts[part] else { continue }
                let file = try await fetch(url, for: principal)
                question.messages[message].parts[part] = .link(url: url, file: file)
            }
        }
        try await files.check(question.messages.flatMap(\.files), for: principal)
        return question
    }

    private func fetch(_ url: String, for principal: Principal) async throws -> ID {
        let answer = try await ask(url)
        let name = Self.name(of: url)
        let given = (answer.headers["content-type"] ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        let upload = try await files.begin(
            for: principal, filename: name, mediaType: StoredFile.mediaType(of: name, given: given))
        do {
            try await upload.append(answer.body)
            return try await files.complete(upload, for: principal, idempotency: nil).file.id
        } catch {
            await upload.abandon()
            throw error
        }
    }

    private func ask(_ url: String) async throws(Refusal) -> OutboundAnswer {
        let answer: OutboundAnswer
        do {
            var request = try outbound.fetching(url, at: world.now())
            request.seconds = limits.linkSeconds
            request.answerBytes = limits.fileBytes
            answer = try await outbound.send(request)
        } catch {
            throw Refusal(error.refusalReason, "The file “\(url)” could not be fetched: \(error.message)")
        }
        guard (200..<300).contains(answer.status) else {
            throw Refusal(
                .unavailable, "The file “\(url)” could not be fetched: its server answered \(answer.status).")
        }
        guard !answer.isCut else {
            throw Refusal(.tooLarge, "The file “\(url)” has more than \(limits.fileBytes) bytes.")
        }
        return answer
    }

    /// The last part of its path.
    private static func name(of url: String) -> String {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let rest = path.firstRange(of: "://").map { path[$0.upperBound...] } ?? path
        guard let slash = rest.lastIndex(of: "/") else { return "file" }
        let name = String(rest[rest.index(after: slash)...])
        return name.removingPercentEncoding.flatMap { $0.isEmpty ? nil : $0 } ?? "file"
    }
}

extension OutboundFault {
    fileprivate var refusalReason: Refusal.Reason {
        switch reason {
        case .invalid: .invalid
        case .forbidden: .forbidden
        case .unreachable, .timedOut: .unavailable
        }
    }
}

extension Question {
    /// Whether it names files that were not fetched yet.
    var hasLinks: Bool {
        messages.contains { message in
            message.parts.contains { if case .link(_, nil) = $0 { true } else { false } }
        }
    }
}
