import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// The doors to requests, which are runs: ask, follow, look, cancel.
extension Rooms {
    func ask(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        try await pass(access, context)
        let framing = try Self.framing(request, access.key)
        let cursor = try Cursor.header(of: request)
        // Looked at before files are read for nothing; its fingerprint comes after.
        _ = try IdempotencyKey.header(of: request)
        let seat = try streams.seat()
        let received = try await receive(request, access)
        do {
            var order = try await order(received, request, access, context)
            order.after = cursor
            order.place = context.channel.eventLoop
            let (reading, isRepeated) = try await begin(order, context) { try await runs.start($0) }
            context.notes.note(reading.run)
            if isRepeated { await received.form?.abandon() }
            var response = try stream(
                reading, after: cursor, in: seat, framing, isDebug: received.parameters.isDebug, context)
            if isRepeated { response.headers[.idempotentReplayed] = "true" }
            return response
        } catch {
            await received.form?.abandon()
            throw error
        }
    }

    func follow(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        let framing = try Self.framing(request, access.key)
        let reading = try await reading(access, context)
        return try stream(
            reading, after: Cursor.header(of: request), in: streams.seat(), framing,
            isDebug: Self.isDebug(request), context)
    }

    func showRequest(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        return Self.answer(try await render(answers.now(reading(access, context))))
    }

    /// `true`, or `false` once it has ended.
    func cancel(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        let reading = try await reading(access, context)
        let hadEnded =
            switch reading {
            case .live(let live): live.hasEnded
            case .stored(let run): run.status.isOver
            }
        guard !hadEnded else { return Self.answer(false) }
        let run = try await runs.cancel(reading.run.id, for: access.principal)
        return Self.answer(.bool(run.status == .canceled || !run.status.isOver))
    }

    /// A request of the agent, whoever of the account made it.
    /// - Throws: `notFound` for every other.
    private func reading(_ access: Access, _ context: DoorContext) async throws -> Runs.Reading {
        let reading = try await runs.reading(Self.requestID(context), for: access.principal)
        guard reading.run.agent == access.agent.code else { throw Refusal(.notFound, "There is no such request.") }
        context.notes.note(reading.run)
        return reading
    }

    private func stream(
        _ reading: Runs.Reading, after cursor: Cursor?, in seat: OpenStreams.Seat?, _ framing: APIKey.Framing,
        isDebug: Bool, _ context: DoorContext
    ) throws -> Response {
        // The last event tells all that was said, also to whoever has seen some of it.
        var response = try streams.response(
            for: reading, after: cursor, hearsAll: true, in: seat, on: context.channel
        ) { run, first in
            RoomsStream(run, from: first, framing: framing, isDebug: isDebug)
        }
        response.headers[.runID] = reading.run.id.uuid
        response.headers[.conversationID] = reading.run.conversation
        return response
    }
}

/// Taking a request in.
extension Rooms {
    /// A request that was read to its end. Its files are in the store.
    struct Received {
        var parameters: RoomsParameters
        var form: FormReception?

        var uploads: [FormReception.Received] { form?.uploads ?? [] }
    }

    func receive(_ request: Request, _ access: Access) async throws -> Received {
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased().replacing(" ", with: "")
        guard type != "application/x-www-form-urlencoded" else {
            let body = try await Body.whole(of: request, limits)
            guard let form = String(validating: body.readableBytesView, as: UTF8.self).flatMap({ FormFields($0) })
            else {
                throw Refusal(.invalid, "The body is not a form: a percent escape is broken, or it is not UTF-8.")
            }
            return Received(
                parameters: try RoomsParameters(form.pairs.map { ($0.name, ByteBuffer(string: $0.value)) }))
        }
        var form = try FormReception(request, files: files, principal: access.principal, limits: limits) { part in
            switch part.name {
            case "params_json", "debug", "callback_url": .field
            case "files", "files[]": .file
            default: .nothing
            }
        }
        do {
            try await form.receive(request.body)
            return Received(parameters: try RoomsParameters(form.fields), form: form)
        } catch {
            await form.abandon()
            throw error
        }
    }

    /// What is asked, with its files, which are the run's now.
    func order(
        _ received: Received, _ request: Request, _ access: Access, _ context: DoorContext
    ) async throws -> Runs.Order {
        let parameters = received.parameters
        let room = if let id = parameters.room { try await room(id, access) } else { nil as Conversation? }
        try links.check(parameters.links, field: "params_json.input_files")
        var ids: [ID] = []
        for received in received.uploads {
            ids.append(try await files.complete(received.upload, for: access.principal, idempotency: nil).file.id)
        }
        try await files.check(ids, for: access.principal)
        var question = try parameters.question(ids)
        question.client = context.channel.remoteAddress?.ipAddress
        var order = Runs.Order(
            principal: access.principal, agent: access.agent, conversation: room?.id, question: question)
        order.idempotency = try IdempotencyKey(of: request, asking: parameters.canonical(received.uploads))
        order.needsConversation = true
        return order
    }

    func begin<Begun: Sendable>(
        _ order: Runs.Order, _ context: DoorContext, _ start: @Sendable (Runs.Order) async throws -> Begun
    ) async throws -> Begun {
        do {
            return try await context.notes.timing("start") { try await start(order) }
        } catch let refusal as Refusal where refusal.reason == .notFound && order.conversation != nil {
            throw Self.noRoom
        }
    }
}
