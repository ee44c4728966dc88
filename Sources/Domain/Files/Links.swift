import Foundation

/// Fetches the files that a question names by their addresses, and keeps them as uploads.
package struct Links: Sendable {
    /// Files of a question that are fetched at the same time.
    private static let atOnce = 4

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
        let principal = Principal(id: run.principal, account: run.account, agents: [], scopes: [])
        var missing = question.links[...]
        var files: [String: ID] = [:]
        try await withThrowingTaskGroup(of: (url: String, file: ID).self) { group in
            func begin() {
                guard let url = missing.popFirst() else { return }
                group.addTask { (url, try await self.fetch(url, for: principal)) }
            }
            for _ in 0..<Self.atOnce { begin() }
            while let fetched = try await group.next() {
                files[fetched.url] = fetched.file
                begin()
            }
        }
        var question = question
        for message in question.messages.indices {
            question.messages[message].parts = question.messages[message].parts.map { part in
                if case .link(let url, nil) = part { .link(url: url, file: files[url]) } else { part }
            }
        }
        try await self.files.check(question.messages.flatMap(\.files), for: principal)
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
            let file = try await files.complete(upload, for: principal, idempotency: nil).file
            try await files.check([file.id], for: principal)
            return file.id
        } catch {
            await upload.abandon()
            guard let refusal = error as? Refusal else { throw error }
            throw Refusal(refusal.reason, "The file “\(url)” cannot be used: \(refusal.message)")
        }
    }

    private func ask(_ url: String) async throws(Refusal) -> OutboundAnswer {
        let answer: OutboundAnswer
        do {
            var request = try outbound.fetching(url, at: world.now())
            request.seconds = limits.linkSeconds
            request.answerBytes = mostBytes
            answer = try await outbound.send(request)
        } catch {
            throw Refusal(error.refusalReason, "The file “\(url)” could not be fetched: \(error.message)")
        }
        guard (200..<300).contains(answer.status) else {
            throw Refusal(
                .unavailable, "The file “\(url)” could not be fetched: its server answered \(answer.status).")
        }
        guard !answer.isCut else {
            throw Refusal(.tooLarge, "The file “\(url)” has more than \(mostBytes) bytes.")
        }
        return answer
    }

    /// Of one file: it is held in memory, and all of a question's have no more together.
    private var mostBytes: Int { min(limits.fileBytes, limits.bodyBytes) }

    /// The last part of its path. The key of an object is what it says, letter by letter.
    private static func name(of url: String) -> String {
        let isObject = url.hasPrefix("s3://")
        let path = isObject ? url[...] : url.prefix { $0 != "?" && $0 != "#" }
        let rest = path.firstRange(of: "://").map { path[$0.upperBound...] } ?? path
        guard let slash = rest.lastIndex(of: "/") else { return "file" }
        let name = String(rest[rest.index(after: slash)...])
        let plain = isObject ? name : name.removingPercentEncoding ?? ""
        return plain.isEmpty ? "file" : plain
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
    /// The files that it names by their addresses and that were not fetched yet, each once.
    var links: [String] {
        var links: [String] = []
        for part in messages.flatMap(\.parts) {
            if case .link(let url, nil) = part, !links.contains(url) { links.append(url) }
        }
        return links
    }
}
