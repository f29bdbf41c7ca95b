using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Spate.Protocol;
using Spate.Storage.Checkpoints;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>
/// Whose a log directory is: the file <c>meta.properties</c> at its root. It keeps a broker from serving the logs of another, or of
/// another cluster, when a disk is mounted in the wrong place.
/// </summary>
/// <param name="ClusterId">The cluster's id; null in a directory of a Kafka so old that it did not write one.</param>
/// <param name="NodeId">The broker's id.</param>
/// <param name="DirectoryId">The directory's own id (KIP-858); null in one of a Kafka before 3.7.</param>
public sealed record DirectoryIdentity(string? ClusterId, int NodeId, Uuid? DirectoryId)
{
    /// <summary>The file's name, Kafka's.</summary>
    public const string FileName = "meta.properties";

    private const string VersionKey = "version";
    private const string ClusterKey = "cluster.id";
    private const string NodeKey = "node.id";
    private const string BrokerKey = "broker.id";
    private const string DirectoryKey = "directory.id";

    /// <summary>Reads the identity of a log directory; null when the directory has none, as a new one.</summary>
    /// <exception cref="LogDirectoryException">The file is there and says nothing that can be relied on.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static DirectoryIdentity? Read(IFileSystem files, string directory)
    {
        var path = Path.Combine(directory, FileName);
        var content = WholeFile.Read(files, path);
        if (content is null)
        {
            return null;
        }

        return TryParse(content, out var identity, out var fault)
            ? identity
            : throw new LogDirectoryException($"'{path}' does not say whose the directory is: {fault}.");
    }

    /// <summary>Reads the file's content, version 0 or 1; otherwise says in a clause what is wrong.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> content,
        [NotNullWhen(true)] out DirectoryIdentity? identity,
        [NotNullWhen(false)] out string? fault)
    {
        identity = null;
        if (!PropertiesText.TryParse(content, out var properties, out fault))
        {
            return false;
        }

        var nodeKey = properties.GetValueOrDefault(VersionKey) switch { "0" => BrokerKey, "1" => NodeKey, _ => null };
        if (nodeKey is null)
        {
            fault = $"{VersionKey} is '{properties.GetValueOrDefault(VersionKey)}', and only 0 and 1 are known";
            return false;
        }

        if (!int.TryParse(properties.GetValueOrDefault(nodeKey), NumberStyles.None, CultureInfo.InvariantCulture, out var nodeId))
        {
            fault = $"{nodeKey} is '{properties.GetValueOrDefault(nodeKey)}', which is no node id";
            return false;
        }

        Uuid? directoryId = null;
        if (properties.TryGetValue(DirectoryKey, out var text))
        {
            if (!Uuid.TryParse(text, out var parsed) || parsed.IsZero)
            {
                fault = $"{DirectoryKey} is '{text}', which is no directory id";
                return false;
            }

            directoryId = parsed;
        }

        identity = new DirectoryIdentity(properties.GetValueOrDefault(ClusterKey), nodeId, directoryId);
        return true;
    }

    /// <summary>The file's content in version 1.</summary>
    public byte[] Format()
    {
        var properties = new List<KeyValuePair<string, string>>();
        if (ClusterId is not null)
        {
            properties.Add(new(ClusterKey, ClusterId));
        }

        if (DirectoryId is { } directoryId)
        {
            properties.Add(new(DirectoryKey, directoryId.ToString()));
        }

        properties.Add(new(NodeKey, NodeId.ToString(CultureInfo.InvariantCulture)));
        properties.Add(new(VersionKey, "1"));
        return PropertiesText.Format(properties);
    }

    /// <summary>Writes the identity of a log directory durably.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(IFileSystem files, string directory) => WholeFile.Replace(files, Path.Combine(directory, FileName), Format());

    /// <summary>Checks what was found in a directory against what this broker is.</summary>
    /// <exception cref="LogDirectoryException">It belongs to another cluster or to another node.</exception>
    public void RequireOf(string clusterId, int nodeId, string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (ClusterId is not null && !string.Equals(ClusterId, clusterId, StringComparison.Ordinal))
        {
            throw new LogDirectoryException($"'{path}' says that the directory belongs to cluster '{ClusterId}', and this is cluster '{clusterId}'.");
        }

        if (NodeId != nodeId)
        {
            throw new LogDirectoryException($"'{path}' says that the directory belongs to node {NodeId}, and this is node {nodeId}.");
        }
    }
}
