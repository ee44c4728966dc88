import CPostgres

/// What of a pipeline gets an answer of its own.
enum Part {
    case preparation(Statement)
    case execution(Statement)
}

extension Session {
    /// Sends statements in one go.
    func send(_ batch: [Statement], closing: Bool) throws -> [Part] {
        var parts: [Part] = []
        for statement in batch {
            let name = try prepare(statement, &parts)
            try check(execute(statement, as: name))
            parts.append(.execution(statement))
            count.add()
        }
        if closing { try sync() } else { try check(PQsendFlushRequest(connection.pointer)) }
        if PQflush(connection.pointer) != 0 { try check(0) }
        return parts
    }

    /// The end of a transaction, or of what is left of one after an error.
    func sync() throws {
        try check(PQpipelineSync(connection.pointer))
    }

    private func prepare(_ statement: Statement, _ parts: inout [Part]) throws -> String {
        if let name = shelf.name(of: statement.sql) { return name }
        let (name, outgoing) = shelf.add(statement.sql)
        if let outgoing {
            let farewell = Statement("DEALLOCATE \(outgoing)")
            try check(PQsendQueryParams(connection.pointer, farewell.sql, 0, nil, nil, nil, nil, 1))
            parts.append(.execution(farewell))
        }
        try check(PQsendPrepare(connection.pointer, name, statement.sql, 0, nil))
        parts.append(.preparation(statement))
        return name
    }

    private func execute(_ statement: Statement, as name: String) -> Int32 {
        let lengths = statement.lengths.map { Int32($0 ?? 0) }
        let formats = [Int32](repeating: 1, count: lengths.count)
        return statement.bytes.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            let values = statement.lengths.map { length in
                defer { place = place.map { $0 + (length ?? 0) } }
                return length == nil ? nil : place.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
            }
            return PQsendQueryPrepared(
                connection.pointer, name, Int32(lengths.count), values, lengths, formats, 1)
        }
    }

    private func check(_ isDone: Int32) throws {
        if isDone != 1 { throw DatabaseFault(state: nil, message: connection.words, sql: "") }
    }
}
