using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Parsing;

/// <summary>
/// Reads the text of one schema file. Never gives up: what is wrong becomes an error with its place, and reading goes on with the next
/// line, so that one build shows all mistakes. The grammar stands in docs/design/protocol-messages.md.
/// </summary>
internal sealed class SchemaParser
{
    private readonly SchemaDocument _document = new();
    private readonly Stack<(int Indent, StructSchema Struct)> _open = new();
    private MessageSchema? _message;
    private FieldSchema? _lastField;
    private int _lastIndent;

    private SchemaParser()
    {
    }

    public static SchemaDocument Parse(string text)
    {
        var parser = new SchemaParser();
        foreach (var line in SchemaLine.Split(text))
        {
            if (line.Indent == 0)
            {
                parser.ReadHeading(line);
            }
            else
            {
                parser.ReadField(line);
            }
        }

        parser.Finish();
        return parser._document;
    }

    private void ReadHeading(SchemaLine line)
    {
        _message = null;
        _lastField = null;
        _open.Clear();
        switch (line.First.Text)
        {
            case "api":
                ReadApi(line);
                break;
            case "request" or "response":
                ReadHalf(line);
                break;
            case "family" when line.Words.Count == 2:
                _document.Family = line.Words[1].Text;
                break;
            case "message":
                ReadMessage(line);
                break;
            default:
                Error(line.First.Position, $"'{line.First.Text}' begins nothing; expected api, request, response, family or message");
                break;
        }
    }

    private void ReadApi(SchemaLine line)
    {
        var words = line.Words;
        if (words.Count < 4 || !int.TryParse(words[1].Text, out var key) || key is < 0 or > short.MaxValue)
        {
            Error(line.First.Position, "an API is written: api KEY NAME VERSIONS [flexible N+] [listeners A,B]");
            return;
        }

        if (_document.Api is not null)
        {
            Error(line.First.Position, "a file holds one API");
            return;
        }

        var options = HeadingOptions.Read(line, 3, Error);
        _document.Api = new ApiSchema(key, words[2].Text, options.Versions, options.FirstFlexible, words[2].Position);
        _document.Api.Listeners.AddRange(options.Listeners);
    }

    private void ReadHalf(SchemaLine line)
    {
        if (_document.Api is not { } api)
        {
            Error(line.First.Position, $"'{line.First.Text}' stands before its api line");
            return;
        }

        var isRequest = line.First.Text == "request";
        if ((isRequest ? api.Request : api.Response) is not null)
        {
            Error(line.First.Position, $"the API has a {line.First.Text} already");
            return;
        }

        var name = api.Name + (isRequest ? "Request" : "Response");
        Begin(new MessageSchema(name, api.Versions, api.FirstFlexible, line.First.Position)
        {
            Api = api,
            Summary = $"{(isRequest ? "Request" : "Response")} of {api.Name}, API key {api.Key}",
        });
        if (isRequest)
        {
            api.Request = _message;
        }
        else
        {
            api.Response = _message;
        }
    }

    private void ReadMessage(SchemaLine line)
    {
        if (line.Words.Count < 3)
        {
            Error(line.First.Position, "a message is written: message NAME VERSIONS [flexible N+] [type N]");
            return;
        }

        var options = HeadingOptions.Read(line, 2, Error);
        Begin(new MessageSchema(line.Words[1].Text, options.Versions, options.FirstFlexible, line.Words[1].Position)
        {
            RecordType = options.RecordType,
            Family = _document.Family,
            Summary = options.RecordType is null ? line.Words[1].Text : $"{_document.Family} of type {options.RecordType}",
        });
        if (options.RecordType is null != _document.Family is null)
        {
            Error(line.First.Position, "a message has a type exactly when its file names a family");
        }
    }

    private void Begin(MessageSchema message)
    {
        _message = message;
        _document.Messages.Add(message);
        _open.Push((0, message.Body));
        _lastIndent = 0;
    }

    private void ReadField(SchemaLine line)
    {
        if (_message is null)
        {
            Error(line.First.Position, "a field stands outside a message");
            return;
        }

        if (line.Indent % 2 != 0 || line.Indent > _lastIndent + 2)
        {
            Error(line.First.Position, "a field is indented by two blanks more than what it belongs to");
            return;
        }

        while (_open.Peek().Indent >= line.Indent)
        {
            _open.Pop();
        }

        var parent = _open.Peek();
        if (line.Indent > parent.Indent + 2 && !OpenStruct(line))
        {
            return;
        }

        parent = _open.Peek();
        _lastIndent = line.Indent;
        _lastField = FieldLine.Read(line, _message, Error);
        if (_lastField is null)
        {
            return;
        }

        if (_open.Any(level => ReferenceEquals(level.Struct, _lastField.Struct)))
        {
            Error(line.First.Position, $"{_lastField.Struct!.Name} would contain itself");
            _lastField.Struct = null;
            return;
        }

        if (parent.Struct.Fields.Any(field => field.Name == _lastField.Name))
        {
            Error(line.First.Position, $"there is a field {_lastField.Name} already");
        }

        parent.Struct.Fields.Add(_lastField);
    }

    /// <summary>The first field under another: the other one's type is spelt out here.</summary>
    private bool OpenStruct(SchemaLine line)
    {
        if (_lastField?.Struct is not { } spelt)
        {
            if (_lastField is not null)
            {
                Error(line.First.Position, $"{_lastField.Name} has no fields of its own");
            }

            return false;
        }

        if (spelt.Fields.Count > 0)
        {
            Error(line.First.Position, $"{spelt.Name} is spelt out already");
            return false;
        }

        _open.Push((_lastIndent, spelt));
        return true;
    }

    private void Finish()
    {
        if (_document.Api is { } api && (api.Request is null || api.Response is null))
        {
            Error(api.Position, "an API has a request and a response");
        }

        foreach (var message in _document.Messages)
        {
            message.Body.Widen(message.Versions);
            SchemaChecks.Check(message, Error);
            if (_document.Errors.Count == 0)
            {
                FieldPaths.Number(message);
            }
        }
    }

    private void Error(SchemaPosition position, string text) => _document.Errors.Add(new SchemaError(position, text));
}
