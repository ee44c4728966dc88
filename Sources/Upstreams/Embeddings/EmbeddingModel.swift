package import Domain
import Foundation
import NIOCore
import NIOHTTP1
import Wire

/// A model of an upstream that turns texts into vectors, asked at `/v1/embeddings`.
package struct EmbeddingModel: Embedder {
    /// Texts that are sent in one request.
    private static let batch = 32
    private static let answerBytes = 64 << 20

    private let pool: UpstreamPool
    private let directory: Directory
    private let upstream: String
    private let name: String

    package init(_ name: String, of upstream: String, pool: UpstreamPool, directory: Directory) {
        self.name = name
        self.upstream = upstream
        self.pool = pool
        self.directory = directory
    }

    package var model: String { "\(upstream)/\(name)" }

    package func vectors(of texts: [String]) async throws -> [[Float]] {
        guard let settings = try await directory.upstream(named: upstream), settings.kind == .openai else {
            throw Refusal(.unavailable, "There is no upstream “\(upstream)” of the kind openai for embeddings.")
        }
        let server = pool.kept(settings, ChatCompletionsFormat())
        var vectors: [[Float]] = []
        for start in stride(from: 0, to: texts.count, by: Self.batch) {
            let batch = texts[start..<min(start + Self.batch, texts.count)]
            vectors += try await ask(server, batch)
        }
        return vectors
    }

    private func ask(_ server: HTTPUpstream, _ texts: ArraySlice<String>) async throws -> [[Float]] {
        do {
            let request = try server.embeddingRequest([
                "model": .string(name), "input": .array(texts.map { .string($0) }), "encoding_format": "float",
            ])
            let response = try await ResponseCollector.ask(
                request, server.security, over: server.connections.shelf(near: nil),
                within: .seconds(Int64(server.settings.firstEventSeconds)), limitBytes: Self.answerBytes)
            guard response.head.status == .ok else {
                throw UpstreamRefusal(response.head, response.body).fault(server, model: name)
            }
            guard let vectors = Self.read(response.body, count: texts.count) else {
                throw UpstreamFault.unreadable(upstream, "an answer to a request for embeddings")
            }
            return vectors
        } catch let fault as UpstreamFault where [.invalid, .tooLarge].contains(fault.refusal.reason) {
            // Asking again does not mend it.
            throw Refusal(.unsupported, fault.refusal.message)
        } catch {
            // A document is indexed, or a question answered, when the model is there again.
            throw Refusal(.unavailable, words(for: error, server.settings))
        }
    }

    private func words(for error: any Error, _ settings: UpstreamSettings) -> String {
        switch error {
        case let fault as UpstreamFault: fault.refusal.message
        case ExchangeFault.tooSlow:
            "The upstream “\(upstream)” gave no embeddings within \(settings.firstEventSeconds) s."
        case ExchangeFault.tooLarge: UpstreamFault.tooLong(upstream, "an answer").refusal.message
        default: ConnectionTrouble(error).fault(settings, hasBegun: false).refusal.message
        }
    }

    /// In the order of the texts, of unit length.
    private static func read(_ body: ByteBuffer, count: Int) -> [[Float]]? {
        guard let list = (try? JSON.parse(body))?["data"]?.array, list.count == count else { return nil }
        var vectors = [[Float]](repeating: [], count: count)
        for (place, entry) in list.enumerated() {
            let index = entry["index"]?.integer.flatMap { Int(exactly: $0) } ?? place
            let values = entry["embedding"]?.array?.compactMap { $0.number.map { Float($0) } } ?? []
            guard vectors.indices.contains(index), !values.isEmpty else { return nil }
            vectors[index] = values.unit
        }
        return vectors.contains { $0.isEmpty } ? nil : vectors
    }
}

extension [Float] {
    /// The same direction, of length 1; a vector of zeros stays as it is.
    var unit: [Float] {
        let length = reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? map { $0 / length } : self
    }
}
