//! What is known of the inside of a file.

use super::record::record;

record! {
    /// The inside of a Windows executable. Addresses are texts, as the service writes them.
    PeInfo {
        /// Hash of the imports.
        text imphash = "/imphash";
        /// Hash of the structure.
        text pehash = "/pehash";
        /// Machine, such as `AMD64`.
        text machine_type = "/headers/machine_type";
        /// When it was compiled, as the file says.
        text compilation_time = "/headers/compilation_time";
        /// `PE32` or `PE32+`.
        text pe_type = "/optional_headers/pe_type";
        /// Where it begins to run.
        text entry_point = "/optional_headers/entry_point";
        /// What kind of program it is.
        text subsystem = "/optional_headers/subsystem";
        /// Size in memory in bytes.
        int image_size = "/optional_headers/image_size";
        /// Company, as the file says.
        text company_name = "/vs_version_info/company_name";
        /// Product, as the file says.
        text product_name = "/vs_version_info/product_name";
        /// Version of the product, as the file says.
        text product_version = "/vs_version_info/product_version";
        /// What it is, as the file says.
        text file_description = "/vs_version_info/file_description";
        /// Its first name, as the file says.
        text original_filename = "/vs_version_info/original_filename";
        /// Its sections.
        many(PeSection) sections = "/section_headers";
        /// The libraries that it needs.
        many(PeImport) imports = "/imported_dlls";
        /// The functions that it offers.
        texts exports = "/exported_functions";
    }
}

record! {
    /// One section of an executable.
    PeSection {
        /// Its name.
        text name = "/name";
        /// MD5 of its bytes.
        text md5 = "/md5";
        /// Entropy in bits per byte, 0 to 8.
        float entropy = "/entropy";
        /// Where it lies in memory.
        text virtual_address = "/virtual_address";
        /// Size in memory in bytes.
        int virtual_size = "/virtual_size";
        /// Size in the file in bytes.
        int raw_size = "/raw_size";
        /// What may be done with it.
        texts characteristics = "/characteristics";
    }
}

record! {
    /// One library that an executable needs.
    PeImport {
        /// Its name.
        text name = "/name";
        /// What is used of it.
        texts functions = "/functions";
    }
}

record! {
    /// Metadata of a document or picture: a few tags by name, all of them in the document.
    Exif {
        /// Media type.
        text mime_type = "/MIMEType";
        /// Kind of file.
        text file_type = "/FileType";
        /// Width in pixels.
        int image_width = "/ImageWidth";
        /// Height in pixels.
        int image_height = "/ImageHeight";
        /// Title.
        text title = "/Title";
        /// Author.
        text author = "/Author" | "/Creator";
        /// Program that made it.
        text software = "/Software" | "/Producer";
        /// When it was made, as the file says.
        text create_date = "/CreateDate";
        /// When it was changed, as the file says.
        text modify_date = "/ModifyDate";
    }
}

record! {
    /// Manifest of an Android package.
    ApkManifest {
        /// Name of the package.
        text package = "/package";
        /// Version for people.
        text version_name = "/versionName";
        /// Version for programs.
        int version_code = "/versionCode";
        /// Oldest Android that it runs on.
        int min_sdk = "/usesSdk/minSdkVersion";
        /// Android that it was made for.
        int target_sdk = "/usesSdk/targetSdkVersion";
        /// What it wants to be allowed.
        many(ApkPermission) uses_permissions = "/usesPermissions";
        /// Name of the application.
        text label = "/application/label";
        /// Whether it may be debugged.
        flag is_debuggable = "/application/debuggable";
    }
}

record! {
    /// One permission of an Android package.
    ApkPermission {
        /// Its name.
        text name = "/name" | "";
    }
}

record! {
    /// Products that a file belongs to.
    AppInfo {
        /// The products.
        many(AppEntry) entries = "/data" | "";
    }
}

record! {
    /// One product that a file belongs to.
    AppEntry {
        /// Name of the product.
        text product_name = "/product_infos/0/product_name";
        /// Version of the product.
        text product_version = "/product_infos/0/product_version";
        /// Who makes it.
        text vendor_name = "/vendor_infos/0/vendor_name";
        /// System that it runs on.
        text os_name = "/os_infos/0/os_name";
        /// Name of the file in the product.
        text file_name = "/file_infos/0/file_name";
        /// Size of the file in bytes.
        int file_size = "/file_infos/0/file_size";
        /// Kind of product.
        text category = "/categories/0/category_name";
    }
}
