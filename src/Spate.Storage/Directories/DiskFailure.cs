namespace Spate.Storage.Directories;

/// <summary>Tells the errors of a disk, which take a root offline, from those of the program, which nobody may swallow.</summary>
internal static class DiskFailure
{
    public static bool Is(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or LogFailedException or InvalidDataException
        || (failure is AggregateException several && several.InnerExceptions.All(Is));
}
