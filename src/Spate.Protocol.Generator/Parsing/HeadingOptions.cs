using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Parsing;

/// <summary>What stands behind the name in a heading: versions, and whatever else follows.</summary>
internal sealed class HeadingOptions
{
    private static readonly HashSet<string> KnownListeners = ["broker", "controller"];

    public VersionRange Versions { get; private set; }

    public int? FirstFlexible { get; private set; }

    public int? RecordType { get; private set; }

    public List<string> Listeners { get; } = [];

    public static HeadingOptions Read(SchemaLine line, int first, Action<SchemaPosition, string> error)
    {
        var options = new HeadingOptions();
        var words = line.Words;
        if (VersionRange.TryParse(words[first].Text, out var versions) && versions.High < short.MaxValue)
        {
            options.Versions = versions;
        }
        else
        {
            error(words[first].Position, $"'{words[first].Text}' is no range of versions such as 0-3");
        }

        for (var i = first + 1; i < words.Count; i += 2)
        {
            if (i + 1 == words.Count)
            {
                error(words[i].Position, $"'{words[i].Text}' needs a value");
            }
            else
            {
                options.Add(words[i], words[i + 1], error);
            }
        }

        return options;
    }

    private void Add(SchemaWord name, SchemaWord value, Action<SchemaPosition, string> error)
    {
        switch (name.Text)
        {
            case "flexible" when VersionRange.TryParse(value.Text, out var flexible) && flexible.High == short.MaxValue && flexible.Low <= Versions.High:
                FirstFlexible = flexible.Low;
                break;
            case "type" when int.TryParse(value.Text, out var type) && type is >= 0 and <= short.MaxValue:
                RecordType = type;
                break;
            case "listeners" when value.Text.Split(',').All(KnownListeners.Contains):
                Listeners.AddRange(value.Text.Split(','));
                break;
            case "flexible" or "type" or "listeners":
                error(value.Position, $"'{value.Text}' is no value for {name.Text}");
                break;
            default:
                error(name.Position, $"'{name.Text}' is not known here; expected flexible, type or listeners");
                break;
        }
    }
}
