import Logging

/// One turn of a webhook: its next events, one after the other, until one does not arrive.
extension ShopMessenger {
    /// Of one turn.
    private static let mostEvents = 50
    /// Kept from others for as much longer than an attempt may take.
    private static let marginSeconds = 10
    /// As much of an answer as is read; nothing is made of it.
    private static let answerBytes = 4096

    func tell(_ seen: ShopWebhook) async {
        do {
            try await take(seen)
        } catch {
            // It is taken again when its time is over.
            logger.warning("A webhook could not be told", metadata: ["webhook": "\(seen.id)", "cause": "\(error)"])
        }
    }

    private func take(_ seen: ShopWebhook) async throws {
        var webhook = seen
        webhook.dueAt = until
        guard var taken = try await keep(webhook) else { return }
        let (events, newest) = try await news(for: taken)
        let began = world.uptime()
        for event in events {
            guard taken.concerns(event) else {
                taken.after = event.sequence
                if event == events.last { return try await give(taken, events, newest) }
                continue
            }
            let reply = await send(event, to: taken)
            guard reply.isSuccess else {
                // Where the server stops, the attempt counts for nothing.
                if Task.isCancelled, reply.status == nil { return try await give(taken, events, newest) }
                return try await fail(taken, event, reply)
            }
            (taken.after, taken.attempts, taken.lastProblem, taken.dueAt) = (event.sequence, 0, nil, until)
            // A slow receiver leaves its place to others now and then.
            let isLate = world.uptime() - began > Int64(limits.callbackSeconds) * 1_000_000_000
            if event == events.last || isLate || Task.isCancelled { return try await give(taken, events, newest) }
            guard let kept = try await keep(taken) else { return }
            taken = kept
        }
        try await give(taken, events, newest)
    }

    /// Back, as far as it has come; what is of other types needs no telling.
    private func give(_ taken: ShopWebhook, _ events: [ShopEvent], _ newest: Int64) async throws {
        var webhook = taken
        let isAllTold = events.count < Self.mostEvents && (events.last?.sequence ?? 0) <= taken.after
        if isAllTold { webhook.after = max(webhook.after, newest) }
        webhook.dueAt = world.now()
        _ = try await keep(webhook)
    }

    private func news(for webhook: ShopWebhook) async throws -> (events: [ShopEvent], newest: Int64) {
        try await store.read { rows in
            let events = try rows.events(
                of: webhook.account, after: webhook.after, types: webhook.eventTypes, limit: Self.mostEvents)
            return (events, try rows.bookHead(of: webhook.account).eventSequence)
        }
    }

    private func fail(_ taken: ShopWebhook, _ event: ShopEvent, _ reply: Courier.Reply) async throws {
        var webhook = taken
        let jitter = Double(world.random(1).first ?? 0) / 255
        webhook.note(reply, at: world.now(), jitter: jitter, limits)
        logger.info(
            "An event did not arrive",
            metadata: [
                "webhook": "\(webhook.id)", "event": "\(event.messageID)", "attempt": "\(webhook.attempts)",
                "problem": "\(webhook.lastProblem ?? "")",
            ])
        _ = try await keep(webhook)
    }

    /// - Returns: nil where it was removed, or is another server's by now.
    private func keep(_ changed: ShopWebhook) async throws -> ShopWebhook? {
        guard changed.state != .disabled else { return try await disable(changed) }
        return try await store.write { try Self.update(changed, in: $0) }
    }

    private func disable(_ changed: ShopWebhook) async throws -> ShopWebhook? {
        let now = world.now()
        return try await store.writeTogether(as: changed.account) { rows in
            try Books.write(of: changed.account, in: rows, at: now) { books in
                let updated = try Self.update(changed, in: rows)
                if updated != nil { books.tell("webhook.disabled", of: changed.id, by: "shop") }
                return updated
            }
        }
    }

    private static func update(_ changed: ShopWebhook, in rows: any Transaction) throws -> ShopWebhook? {
        var next = changed
        next.version += 1
        return try rows.update(StoredRecord(next)) ? next : nil
    }

    private var until: Timestamp { world.now().adding(seconds: limits.callbackSeconds + Self.marginSeconds) }

    private func send(_ event: ShopEvent, to webhook: ShopWebhook) async -> Courier.Reply {
        do {
            let answer = try await outbound.send(request(event, to: webhook))
            return Courier.Reply(status: answer.status, retryAfterSeconds: answer.retryAfterSeconds)
        } catch let fault as OutboundFault {
            return Courier.Reply(problem: fault.message)
        } catch {
            logger.error("An event could not be told", metadata: ["webhook": "\(webhook.id)", "cause": "\(error)"])
            return Courier.Reply(problem: "Internal error")
        }
    }

    private func request(_ event: ShopEvent, to webhook: ShopWebhook) throws -> OutboundRequest {
        let body = try event.message()
        let secret = try master.open(Secret.bytes(base64URL: webhook.sealedSecret) ?? [])
        let signed = WebhookSignature.headers(id: event.messageID, at: world.now(), body: body, secret: secret)
        guard let signed else { throw Refusal(.invalid, "The webhook's secret is none.") }
        var request = OutboundRequest(url: webhook.url)
        request.method = "POST"
        request.headers = signed.merging(["content-type": "application/json", "user-agent": "Rialto"]) { $1 }
        request.body = body
        request.seconds = limits.callbackSeconds
        request.answerBytes = Self.answerBytes
        return request
    }
}
