package import NIOCore

extension ChatCompletions {
    /// One chunk of a streamed answer. Only the first choice counts; members of another type than expected are absent.
    package struct Chunk: Equatable, Sendable {
        package var model: String?
        package var content: String?
        package var refusal: String?
        /// Tool-call deltas as they came.
        package var toolCalls: [JSON] = []
        package var finishReason: String?
        package var usage: Usage?
        package var failure: Failure?

        package init() {}
    }
}

extension ChatCompletions.Chunk {
    /// Reads the payload of one event. Anything but one whole JSON object is a fault.
    package static func parse(_ data: ByteBuffer) throws(JSON.Fault) -> Self {
        try data.withUnsafeReadableBytes { outcome($0) }.get()
    }

    package static func parse(_ data: ByteBufferView) throws(JSON.Fault) -> Self {
        try data.withUnsafeBytes { outcome($0) }.get()
    }

    private static func outcome(_ bytes: UnsafeRawBufferPointer) -> Result<Self, JSON.Fault> {
        Result { () throws(JSON.Fault) in
            try JSON.Reader.whole(bytes) { (reader) throws(JSON.Fault) in
                var chunk = Self()
                guard try reader.next() == UInt8(ascii: "{") else { throw try reader.notAnObject() }
                try reader.members { (reader, name) throws(JSON.Fault) in try chunk.read(name, &reader) }
                return chunk
            }
        }
    }

    private mutating func read(_ name: JSON.Reader.Name, _ reader: inout JSON.Reader) throws(JSON.Fault) {
        if reader.matches(name, "choices") {
            try readChoices(&reader)
        } else if reader.matches(name, "model") {
            model = try reader.optionalString()
        } else if reader.matches(name, "usage") {
            usage = ChatCompletions.Usage(try reader.value())
        } else if reader.matches(name, "error") {
            failure = ChatCompletions.Failure(try reader.value())
        } else {
            try reader.skipValue()
        }
    }

    private mutating func readChoices(_ reader: inout JSON.Reader) throws(JSON.Fault) {
        forgetDelta()
        finishReason = nil
        guard try reader.next() == UInt8(ascii: "[") else { return try reader.skipValue() }
        try reader.elements { (reader, place) throws(JSON.Fault) in
            guard place == 0, try reader.next() == UInt8(ascii: "{") else { return try reader.skipValue() }
            try reader.members { (reader, name) throws(JSON.Fault) in try self.readChoice(name, &reader) }
        }
    }

    private mutating func readChoice(_ name: JSON.Reader.Name, _ reader: inout JSON.Reader) throws(JSON.Fault) {
        if reader.matches(name, "delta") {
            forgetDelta()
            guard try reader.next() == UInt8(ascii: "{") else { return try reader.skipValue() }
            try reader.members { (reader, name) throws(JSON.Fault) in try self.readDelta(name, &reader) }
        } else if reader.matches(name, "finish_reason") {
            finishReason = try reader.optionalString().flatMap { $0.isEmpty ? nil : $0 }
        } else {
            try reader.skipValue()
        }
    }

    private mutating func readDelta(_ name: JSON.Reader.Name, _ reader: inout JSON.Reader) throws(JSON.Fault) {
        if reader.matches(name, "content") {
            content = try reader.optionalString()
        } else if reader.matches(name, "refusal") {
            refusal = try reader.optionalString()
        } else if reader.matches(name, "tool_calls") {
            toolCalls = try reader.value().array ?? []
        } else {
            try reader.skipValue()
        }
    }

    /// Of a repeated member the last counts, whole.
    private mutating func forgetDelta() {
        content = nil
        refusal = nil
        toolCalls = []
    }
}

extension JSON.Reader {
    /// The string at the cursor; a value of any other type is skipped.
    mutating func optionalString() throws(JSON.Fault) -> String? {
        guard try next() == UInt8(ascii: "\"") else {
            try skipValue()
            return nil
        }
        return text(try passString())
    }

    /// The fault of a text that is no object: that it is no JSON, if it is none, else that.
    fileprivate mutating func notAnObject() throws(JSON.Fault) -> JSON.Fault {
        let start = position
        try skipValue()
        try end()
        return fault("not an object", at: start)
    }
}
