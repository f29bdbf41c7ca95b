using System.Globalization;

namespace Spate.Cli.Bench.Processes;

/// <summary>Finds who listens on TCP ports of this machine.</summary>
internal static class ListeningProcesses
{
    private const string Listening = "0A";
    private const int LocalAddressField = 1;
    private const int StateField = 3;
    private const int InodeField = 9;

    private static readonly string[] Tables = ["self/net/tcp", "self/net/tcp6"];

    /// <summary>The processes that listen on these ports, each once. Ports of which nobody is known to listen are left out: it may be a process of another user.</summary>
    public static IReadOnlyList<LocalProcess> Find(ProcFiles files, IReadOnlyCollection<int> ports)
    {
        var sockets = Tables.SelectMany(path => Sockets(files.Read(path) ?? "", ports)).Select(static inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        var found = new List<LocalProcess>();
        foreach (var process in sockets.Count > 0 ? files.Processes : [])
        {
            // A child may have inherited a socket; the parent is the older one, and comes first.
            var own = files.OpenFiles(process).Where(sockets.Contains).ToList();
            if (own.Count > 0)
            {
                sockets.ExceptWith(own);
                found.Add(new LocalProcess(process, files.Read(string.Create(CultureInfo.InvariantCulture, $"{process}/comm"))?.Trim() ?? ""));
            }
        }

        return found;
    }

    /// <summary>The numbers of sockets that listen on one of the ports.</summary>
    private static IEnumerable<string> Sockets(string table, IReadOnlyCollection<int> ports)
    {
        foreach (var line in table.Split('\n').Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > InodeField
                && fields[StateField] == Listening
                && int.TryParse(fields[LocalAddressField].AsSpan(fields[LocalAddressField].LastIndexOf(':') + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port)
                && ports.Contains(port))
            {
                yield return fields[InodeField];
            }
        }
    }
}
