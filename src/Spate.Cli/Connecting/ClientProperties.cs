using Spate.Broker.Configuration;
using Spate.Cli.Running;

namespace Spate.Cli.Connecting;

/// <summary>A client's properties file, with all that is wrong with it. Keys that are meant for other programs are passed over.</summary>
internal sealed class ClientProperties
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private readonly string _file;

    public ClientProperties(string file, string text)
    {
        _file = file;
        foreach (var (_, key, value) in PropertiesReader.Read(text, (line, fault) => _faults.Add($"{file} line {line} {fault}.")))
        {
            _values[key] = value.Trim();
        }
    }

    /// <summary>The keys that are there.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>A value; null when it is not given, or empty.</summary>
    public string? Find(string key) => _values.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

    /// <summary>A file that a property names, read from where the properties are when the path is relative.</summary>
    public byte[]? ReadFile(string key)
    {
        if (Find(key) is not { } path)
        {
            return null;
        }

        try
        {
            return File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file))!, path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Fault($"{key} cannot be read: {failure.Message}");
            return null;
        }
    }

    public void Fault(string sentence) => _faults.Add(_file.Length > 0 ? $"{_file}: {sentence}" : sentence);

    /// <exception cref="CommandException">There are faults.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new CommandException(string.Join(Environment.NewLine + "spate: ", _faults), ExitCode.Usage);
        }
    }
}
