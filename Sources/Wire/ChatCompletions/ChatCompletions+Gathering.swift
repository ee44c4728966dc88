extension ChatCompletions {
    /// The choices of an answer, put together from the deltas of its chunks.
    package struct Gathering: Sendable {
        private var choices: [Int64: JSON.Object] = [:]

        package init() {}

        /// Text of the first choice.
        package mutating func add(text: String) {
            add(choice: ["index": 0, "delta": ["content": .string(text)]])
        }

        /// The delta of one of the first choice's tool calls.
        package mutating func add(toolCall: JSON) {
            add(choice: ["index": 0, "delta": ["tool_calls": [toolCall]]])
        }

        /// One of the choices of a chunk.
        package mutating func add(choice: JSON) {
            guard let members = choice.object else { return }
            let index = members["index"]?.integer ?? 0
            var whole = choices[index] ?? ["index": .integer(index), "message": ["role": "assistant"]]
            for member in members.members where member.key != "index" && !member.value.isNull {
                if member.key == "delta" {
                    whole["message"] = Self.joined(whole["message"], member.value)
                } else if member.key == "finish_reason" {
                    whole[member.key] = member.value
                } else {
                    whole[member.key] = Self.joined(whole[member.key], member.value)
                }
            }
            choices[index] = whole
        }

        /// In the order of their indices, as an answer in one piece has them.
        /// - Parameter finishReason: why the first ended; and any other that does not say so itself.
        package func whole(finishReason: String) -> [JSON] {
            let all = choices.isEmpty ? [0: ["index": 0, "message": ["role": "assistant", "content": ""]]] : choices
            return all.sorted { $0.key < $1.key }.map { index, choice in
                var choice = choice
                var message = choice["message"]?.object ?? [:]
                if message["content"] == nil { message["content"] = .null }
                if message["refusal"] == nil { message["refusal"] = .null }
                if let calls = message["tool_calls"]?.array { message["tool_calls"] = .array(calls.map(Self.call)) }
                choice["message"] = .object(message)
                if index == 0 || choice["finish_reason"] == nil { choice["finish_reason"] = .string(finishReason) }
                if choice["logprobs"] == nil { choice["logprobs"] = .null }
                return .object(choice)
            }
        }

        /// A whole call has no place among the others.
        private static func call(_ call: JSON) -> JSON {
            guard var members = call.object else { return call }
            members["index"] = nil
            if members["type"] == nil { members["type"] = "function" }
            return .object(members)
        }

        /// Members that are said once, or again, but never in pieces.
        private static let whole: Set<String> = ["role", "id", "type", "index"]

        /// Texts are pieces of one text, the elements of lists with the same `index` pieces of one element.
        private static func joined(_ known: JSON?, _ delta: JSON) -> JSON {
            switch (known, delta) {
            case (.string(let text), .string(let more)): return .string(text + more)
            case (.object(var members), .object(let more)):
                for member in more.members where !member.value.isNull {
                    let isWhole = whole.contains(member.key)
                    if isWhole, member.value == "" { continue }
                    members[member.key] = isWhole ? member.value : joined(members[member.key], member.value)
                }
                return .object(members)
            case (.array(var elements), .array(let more)):
                for element in more {
                    let place = element["index"].flatMap { index in elements.firstIndex { $0["index"] == index } }
                    if let place {
                        elements[place] = joined(elements[place], element)
                    } else {
                        elements.append(element)
                    }
                }
                return .array(elements)
            default: return delta
            }
        }
    }
}
