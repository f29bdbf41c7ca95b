namespace Spate.Broker.Configuration;

/// <summary>
/// Gathers settings from a properties file and from the command line, later ones winning, and finds every fault before anything is
/// started. One use, one thread.
/// </summary>
public sealed class ConfigReader
{
    private readonly Dictionary<string, ConfigKey> _keys;
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private readonly List<string> _warnings = [];

    public ConfigReader(IEnumerable<ConfigKey> keys) => _keys = keys.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>Every fault found so far, a sentence each.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>What has no effect, a sentence each: names that are not known here, with the nearest one that is.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Takes <c>key=value</c>, as the command line gives it.</summary>
    public void AddAssignment(string assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            _faults.Add($"'{assignment}' is not of the form key=value.");
            return;
        }

        Add(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), "--set");
    }

    /// <summary>Takes the text of a properties file: a setting a line, comments behind # or !.</summary>
    public void AddProperties(string text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            var separator = line.IndexOfAny(['=', ':']);
            if (separator <= 0)
            {
                _faults.Add($"{source} line {number}: '{line}' is not of the form key=value.");
                continue;
            }

            Add(line[..separator].Trim(), line[(separator + 1)..].Trim(), $"{source} line {number}");
        }
    }

    /// <summary>The settings, once <see cref="Faults"/> has been found empty.</summary>
    public ConfigValues Build() => _faults.Count == 0
        ? new ConfigValues(new Dictionary<string, string>(_given, StringComparer.Ordinal))
        : throw new InvalidOperationException("Settings with faults in them are not used: " + string.Join(' ', _faults));

    private void Add(string name, string value, string source)
    {
        if (!_keys.TryGetValue(name, out var key))
        {
            _warnings.Add($"{source}: {name} is not a setting of this version and has no effect; the nearest one is {Nearest(name)}.");
        }
        else if (key.Fault(value) is { } fault)
        {
            _faults.Add($"{source}: {name}={value} {fault}.");
        }
        else
        {
            _given[name] = value;
        }
    }

    private string Nearest(string name) => _keys.Keys.MinBy(known => Distance(name, known)) ?? "";

    /// <summary>How many letters must be put in, left out or changed to make one name of the other.</summary>
    private static int Distance(string left, string right)
    {
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
        {
            previous[column] = column;
        }

        for (var row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var change = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1);
                current[column] = Math.Min(change, Math.Min(previous[column], current[column - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
