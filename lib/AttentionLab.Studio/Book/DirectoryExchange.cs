using System.Runtime.InteropServices;

namespace AttentionLab.Studio.Book;

/// <summary>Two folders change places in one step, where the system can: on Linux, by <c>renameat2</c> with <c>RENAME_EXCHANGE</c>.</summary>
internal static partial class DirectoryExchange
{
    private const int FromCurrentDirectory = -100;
    private const uint Exchange = 2;
    private const int InvalidArgument = 22, NoSuchCall = 38;

    /// <summary>Exchanges two folders of one file system.</summary>
    /// <returns>False where the system or the file system cannot; nothing has changed then.</returns>
    /// <exception cref="IOException">One is missing, may not be moved, or is in use.</exception>
    public static bool TryExchange(string one, string other)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            if (RenameAt2(FromCurrentDirectory, one, FromCurrentDirectory, other, Exchange) == 0)
            {
                return true;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // A C library that does not know the call.
            return false;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is InvalidArgument or NoSuchCall ? false : throw new IOException($"{other}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RenameAt2(int oneFolder, string one, int otherFolder, string other, uint flags);
}
